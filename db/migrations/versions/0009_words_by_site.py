"""The words of names a second time, by site: finding somebody among one's own patients reads nobody else's names."""

import sqlalchemy as sa
from alembic import op

from db.types import ByteText

revision = "0009_words_by_site"
down_revision = "0008_past_rights"

TABLE = "patient_site_word"

# Who sees a patient: the site of registration, and each one that has an exam of theirs.
_WORD_MADE = """SELECT site.site_id, NEW.word, NEW.patient_id FROM (
    SELECT site_id FROM patient WHERE id = NEW.patient_id
    UNION SELECT site_id FROM exam WHERE patient_id = NEW.patient_id
) AS site"""
_EXAM_KEPT = "SELECT NEW.site_id, word, patient_id FROM patient_name_word WHERE patient_id = NEW.patient_id"
_PATIENT_MOVED = "SELECT NEW.site_id, word, patient_id FROM patient_name_word WHERE patient_id = NEW.id"
_EVERYBODY = """INSERT INTO patient_site_word (site_id, word, patient_id)
SELECT known.site_id, named.word, named.patient_id FROM patient_name_word AS named JOIN (
    SELECT id AS patient_id, site_id FROM patient UNION SELECT patient_id, site_id FROM exam
) AS known ON known.patient_id = named.patient_id
ORDER BY known.site_id, named.word, named.patient_id"""
_NO_MORE = """DELETE FROM patient_site_word AS word WHERE NOT EXISTS (
    SELECT 1 FROM patient_name_word AS named
    WHERE named.word = word.word AND named.patient_id = word.patient_id
)"""
_REFERS = (
    (
        "fk_patient_site_word_word_patient_id",
        "FOREIGN KEY (word, patient_id) REFERENCES patient_name_word (word, patient_id) ON DELETE CASCADE",
    ),
    ("fk_patient_site_word_site_id", "FOREIGN KEY (site_id) REFERENCES site (id)"),
)

# Kept by the database itself: a server of the version before goes on writing while people are upgraded.
TRIGGERS = (
    ("name_word_at_sites", "AFTER INSERT ON patient_name_word", _WORD_MADE),
    ("exam_brings_words", "AFTER INSERT ON exam", _EXAM_KEPT),
    ("exam_moved_brings_words", "AFTER UPDATE OF patient_id, site_id ON exam", _EXAM_KEPT),
    ("patient_moved_brings_words", "AFTER UPDATE OF site_id ON patient", _PATIENT_MOVED),
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql" and connection.scalar(
        sa.text("SELECT EXISTS (SELECT 1 FROM clinic)")
    ):
        with op.get_context().autocommit_block():
            _fill_beside_people()
        return
    _make_table(
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.ForeignKeyConstraint(
            ["word", "patient_id"],
            ["patient_name_word.word", "patient_name_word.patient_id"],
            ondelete="CASCADE",
        ),
    )
    _make_triggers()
    op.execute(_EVERYBODY)


def _fill_beside_people() -> None:
    """Keep new words from the first moment on, and then those of before; nobody waits for more than a moment."""
    _drop_triggers()
    op.execute(f"DROP TABLE IF EXISTS {TABLE}")  # which was being filled when the power went
    _make_table()
    _make_triggers()
    op.execute(f"{_EVERYBODY} ON CONFLICT DO NOTHING")
    # Rows of before are compared all at once in the end; one by one, each would be locked until then.
    for name, refers in _REFERS:
        op.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} {refers} NOT VALID")
    op.execute(_NO_MORE)
    for name, _refers in _REFERS:
        op.execute(f"ALTER TABLE {TABLE} VALIDATE CONSTRAINT {name}")
    op.execute(f"ANALYZE {TABLE}")


def _make_table(*refers: sa.ForeignKeyConstraint) -> None:
    op.create_table(
        TABLE,
        sa.Column("site_id", sa.Uuid(), primary_key=True),
        sa.Column("word", ByteText, primary_key=True),
        sa.Column("patient_id", sa.Uuid(), primary_key=True),
        *refers,
    )
    op.create_index("ix_patient_site_word_of_patient", TABLE, ["patient_id", "word"])


def _make_triggers() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, when, rows in TRIGGERS:
        insert = f"INTO {TABLE} (site_id, word, patient_id) {rows}"
        if is_postgresql:
            op.execute(
                # As the owner of the table: a server of the version before has no right to it.
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                " SET search_path = public, pg_temp AS $$ BEGIN"
                f" INSERT {insert} ON CONFLICT DO NOTHING; RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()")
        else:
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN INSERT OR IGNORE {insert}; END")


def _drop_triggers() -> None:
    for name, when, _rows in TRIGGERS:
        table = when.rpartition(" ")[2]
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
        else:
            op.execute(f"DROP TRIGGER IF EXISTS {name}")


def downgrade() -> None:
    _drop_triggers()
    op.drop_table(TABLE)
