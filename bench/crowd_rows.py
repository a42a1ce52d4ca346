"""The rows of a made-up clinic group, written straight into a database that has every table.

Its audit trail has the size of a real one and no chain: it is there to be searched, not to be verified.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from itertools import islice
from typing import Any, cast

import psycopg
from sqlalchemy.engine import Connection

from app.rules.names import search_words, unaccented
from bench.crowd import Crowd, row_id
from db.database import Database

EXAMS_EACH, REPORTS_EACH, INVITATIONS_EACH = 5, 3, 5  # invitations: of each patient with an account
# What the database keeps by itself while rows come one by one (triggers of 0009).
_WORDS_BY_SITE = """INSERT INTO patient_site_word (site_id, word, patient_id)
SELECT known.site_id, named.word, named.patient_id FROM patient_name_word AS named JOIN (
    SELECT id AS patient_id, site_id FROM patient UNION SELECT patient_id, site_id FROM exam
) AS known ON known.patient_id = named.patient_id
ORDER BY known.site_id, named.word, named.patient_id ON CONFLICT DO NOTHING"""
_VALUES = tuple[Any, ...]
_TABLES = Iterable[tuple[str, str, Iterable[_VALUES]]]


def write(crowd: Crowd, database: Database) -> None:
    """Write everybody; whoever reads meanwhile sees nothing of it before the end of a table."""
    with database.engine.execution_options(writing=True).connect() as connection:
        first_change, first_event = connection.exec_driver_sql(
            "SELECT change_number, audit_number FROM journal"
        ).one()
        connection.rollback()
        keep = _postgresql if connection.dialect.name == "postgresql" else _sqlite
        keep(connection, tables(crowd, first_change, first_event))
        connection.exec_driver_sql(
            f"UPDATE journal SET change_number = change_number + {crowd.patients},"  # noqa: S608 - our own numbers
            f" audit_number = audit_number + {crowd.patients}"
        )
        connection.commit()
        if connection.dialect.name == "postgresql":
            # As the database does by itself in time: else it would while it is being measured.
            by_itself = connection.execution_options(isolation_level="AUTOCOMMIT")
            by_itself.exec_driver_sql("VACUUM (ANALYZE)")
            by_itself.exec_driver_sql("CHECKPOINT")
        else:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()


def tables(crowd: Crowd, first_change: int, first_event: int) -> Iterator[tuple[str, str, Iterable[_VALUES]]]:
    """Go over the tables in the order of their foreign keys: name, columns, rows.

    first_change, first_event: the last numbers of the change feed and the audit trail that are taken already.
    """
    patients, accounts = crowd.patients, crowd.patients * 3 // 5
    exams, invitations = patients * EXAMS_EACH, accounts * INVITATIONS_EACH
    sites = [site.hex for site in crowd.site_ids]
    at = [
        (crowd.now - timedelta(days=day, minutes=day)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.000000")
        for day in range(3_650)
    ]
    ahead = [(crowd.now + timedelta(days=day)).strftime("%Y-%m-%d %H:%M:%S.000000") for day in range(1, 366)]
    families, given = crowd.drawn(crowd.families), crowd.drawn(crowd.given_names)
    keys = [unaccented(name) for name in crowd.families], [unaccented(name) for name in crowd.given_names]
    words = (
        [search_words(name) for name in crowd.families],
        [search_words(name) for name in crowd.given_names],
    )

    def site(patient: int) -> str:
        return sites[patient * 13 % len(sites)]

    yield (
        "patient",
        (
            "id family_name given_names sort_key birth_date site_id email mobile postal_address created_at name_alert"
            " version"
        ),
        (
            (
                row_id(1, i),
                crowd.families[families[i]],
                crowd.given_names[given[i]],
                f"{keys[0][families[i]]} {keys[1][given[i]]}",
                crowd.birth_date(i).isoformat(),
                site(i),
                f"p{i}@example.org",
                crowd.mobile(i),
                "1 Long Lane",
                at[i % 3_650],
                0,
                1,
            )
            for i in range(patients)
        ),
    )
    yield (
        "patient_name_word",
        "word patient_id",
        (
            (word, row_id(1, i))
            for i in range(patients)
            for word in dict.fromkeys((*words[0][families[i]], *words[1][given[i]]))
        ),
    )
    yield (
        "patient_identifier",
        "id patient_id value issuer",
        ((row_id(3, i), row_id(1, i), crowd.identifier(i), "Hospital") for i in range(patients)),
    )
    yield (
        "account",
        (
            "id site_id holder_name holder_birth_date email email_proved_at mobile created_at user_name user_name_key"
            " password_hash activated_at last_signed_in_at expires_at large_text version"
        ),
        (
            (
                row_id(2, i),
                site(i),
                f"{crowd.given_names[given[i]]} {crowd.families[families[i]]}",
                crowd.birth_date(i).isoformat(),
                f"p{i}@example.org",
                at[i % 365],
                crowd.mobile(i),
                at[i % 3_650],
                f"crowd{i}",
                f"crowd{i}",
                "none",
                at[i % 3_650],
                at[i % 365],
                ahead[i % 365],
                0,
                1,
            )
            for i in range(accounts)
        ),
    )
    yield (
        "access_grant",
        "id account_id patient_id relation evidence from_at",
        ((row_id(4, i), row_id(2, i), row_id(1, i), "self", "passport", at[-1]) for i in range(accounts)),
    )
    yield (
        "session",
        "id digest kind account_id address started_at last_active_at ends_at ended_at ended_reason",
        (
            (row_id(5, i), b"s%15d" % i, "web", row_id(2, i), "", *(at[i % 3_650],) * 4, "signed_out")
            for i in range(accounts)
        ),
    )
    yield (
        "exam",
        "id patient_id site_id accession_number issuer description modality performed_at created_at version",
        (
            (
                row_id(6, j),
                row_id(1, j // EXAMS_EACH),
                site(j // EXAMS_EACH + (j % 20 == 0)),
                f"A{j}",
                "Hospital",
                "CT of the head",
                "CT",
                at[j * 7 % 3_650],
                at[j * 7 % 3_650],
                1,
            )
            for j in range(exams)
        ),
    )
    with_images = range(0, exams, 10)
    yield (
        "study",
        "id exam_id study_instance_uid description",
        ((row_id(7, j), row_id(6, j), f"2.25.7.{j}", "") for j in with_images),
    )
    yield (
        "series",
        "id study_id series_instance_uid number modality description",
        ((row_id(8, j), row_id(7, j), f"2.25.8.{j}", 1, "CT", "") for j in with_images),
    )
    yield (
        "instance",
        (
            "id series_id sop_instance_uid sop_class_uid transfer_syntax_uid kind number frames rows columns"
            " archive_key sha256 size"
        ),
        (
            (row_id(9, j), row_id(8, j), f"2.25.9.{j}", "1", "1", "image", 1, 1, 8, 8, f"{j:x}", "", 1)
            for j in with_images
        ),
    )
    yield (
        "report",
        "id exam_id status title author authored_at text attached_at complete_at complete_by visible_from version",
        (
            (
                row_id(10, j),
                row_id(6, j // REPORTS_EACH * EXAMS_EACH + j % REPORTS_EACH),
                "preliminary" if j % 5_000 == 0 else "final",
                "Report",
                "Dr Jo Lind",
                at[j * 7 % 3_650],
                "No fracture.",
                at[j * 7 % 3_650],
                at[j * 7 % 3_650],
                "gateway",
                at[j * 7 % 3_650],
                1,
            )
            for j in range(patients * REPORTS_EACH)
        ),
    )
    yield (
        "invitation",
        (
            "id number code_digest exam_id patient_id account_id created_at way recipient_name recipient_email note"
            " contents may_download shared_until max_accesses accesses wrong_codes first_opened_at version"
        ),
        (
            (
                row_id(11, k),
                f"C{k:011}",
                b"%16d" % k,
                row_id(6, k),
                row_id(1, k // INVITATIONS_EACH),
                row_id(2, k // INVITATIONS_EACH),
                at[k * 3 % 3_650],
                "paper",
                "Dr Sam Okafor",
                "",
                "",
                "report_and_images",
                1,
                at[k * 3 % 3_650],
                10,
                k % 3,
                0,
                at[k * 3 % 3_650] if k % 3 else None,
                1,
            )
            for k in range(invitations)
        ),
    )
    yield (
        "visit",
        "id invitation_id digest opened_at last_active_at ends_at address ended_at",
        (
            (
                row_id(12, k),
                row_id(11, k),
                b"v%15d" % k,
                *(at[k * 3 % 3_650],) * 3,
                "203.0.113.1",
                at[k * 3 % 3_650],
            )
            for k in range(1, invitations, 3)
        ),
    )
    yield (
        "message",
        "id kind channel site_id recipient has_secret state tries created_at sent_at patient_id version",
        (
            (
                row_id(13, m),
                "report_complete" if m % 2 else "invitation",
                "sms" if m % 2 else "email",
                site(m // 2),
                crowd.mobile(m // 2),
                0,
                "failed" if m % 1_000 == 0 else "sent",
                1,
                at[m * 3 % 3_650],
                None if m % 1_000 == 0 else at[m * 3 % 3_650],
                row_id(1, m // 2),
                1,
            )
            for m in range(patients * 2)
        ),
    )
    yield (
        "task",
        "id key kind site_id created_at detail patient_id done_at version",
        (
            (
                row_id(14, t),
                f"crowd:{t}",
                "code_expiring",
                sites[t % len(sites)],
                at[t % 3_650],
                "{}",
                row_id(1, t),
                None if t < 40 * len(sites) else at[t % 3_650],
                1,
            )
            for t in range(min(patients, max(40 * len(sites), patients // 20)))
        ),
    )
    yield (
        "unmatched_exam",
        "id site_id arrived_at described matched_at",
        ((row_id(15, u), site(u), at[u % 3_650], b"", at[u % 3_650]) for u in range(patients // 20)),
    )
    yield (
        "change",
        "number noun row_id site_id patient_id",
        ((first_change + i + 1, "patient", row_id(1, i), site(i), row_id(1, i)) for i in range(patients)),
    )
    yield (
        "audit_event",
        "number at verb outcome caller account_id address patient_id exam_id detail hash",
        (
            (
                first_event + i + 1,
                at[3_649 - i * 3_650 // patients],
                "exams.open",
                "done",
                "patient",
                row_id(2, i % max(1, accounts)),
                "",
                row_id(1, i % max(1, accounts)),
                row_id(6, i),
                "{}",
                b"none",
            )
            for i in range(patients)
        ),
    )


def _postgresql(connection: Connection, tables: _TABLES) -> None:
    """Copy the rows in without their foreign keys being looked up, and build the indexes when they are there."""
    plain = cast("psycopg.Connection", connection.connection.driver_connection)
    with plain.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET timezone = 'UTC'")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}".encode())
        for table, columns, rows in tables:
            listed = ", ".join(f'"{column}"' for column in columns.split())
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN".encode()) as copy:
                lines = ("\t".join(map(_copied, row)) for row in rows)
                while some := list(islice(lines, 5_000)):
                    copy.write("\n".join(some) + "\n")
        cursor.execute(_WORDS_BY_SITE)
        for _name, definition in indexes:
            cursor.execute(definition.encode())
        cursor.execute("RESET session_replication_role")
    plain.commit()


def _copied(value: Any) -> str:
    if value is None:
        return r"\N"
    return f"\\\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _sqlite(connection: Connection, tables: _TABLES) -> None:
    for table, columns, rows in tables:
        listed = ", ".join(f'"{column}"' for column in columns.split())
        marks = ", ".join("?" * len(columns.split()))
        some = iter(rows)
        while batch := list(islice(some, 5_000)):
            connection.exec_driver_sql(f"INSERT INTO {table} ({listed}) VALUES ({marks})", batch)  # noqa: S608 - our own names
    connection.commit()
