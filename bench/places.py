"""What the desk and the guest wait for, in a clinic with many patients, beside the bare database."""

import sqlite3
import tempfile
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from app.ids import new_id
from app.outside.clock import system_clock
from app.portal import Acting, Portal, open_portal
from app.practice import SAMPLES
from app.rules.names import search_words, unaccented
from app.settings import practice_settings
from app.views.clinic import FirstStart
from bench.measure import Measured, interleaved

PATIENTS = 100_000
GIVEN = ("Amelia", "Benjamin", "Chiara", "Dimitri", "Élise", "Fatima", "Giorgos", "Hana", "Ivo", "Jana")
FAMILY = (
    "Hart",
    "Okoro",
    "Mancini",
    "Novák",
    "Łukaszewska",
    "Nguyen",
    "Rossi",
    "Sørensen",
    "O'Brien",
    "Whitfield",
)


def measure_places(repeats: int) -> list[Measured]:
    """Measure finding a patient among 100,000."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        portal = open_portal(practice_settings(folder))
        try:
            reception = _clinic(portal)
            file = portal.parts.settings.portal_url.removeprefix("sqlite:///")
            _fill(file)
            bare = sqlite3.connect(file)
            rows = [
                Measured(
                    f"find {what} among {PATIENTS:,} patients",
                    *interleaved(
                        partial(reception.patients.find, text), partial(_bare, bare, word), repeats * 5
                    ),
                    "bare sqlite3 prefix query",
                    bar,
                    "with permission, identifiers and sites",
                )
                for what, text, word, bar in (
                    ("one name word", "whitfi", "whitfi", 5.0),
                    ("two words in any order", "hart amel", "hart", 5.0),
                )
            ]
            bare.close()
        finally:
            portal.close()
    return rows


def _clinic(portal: Portal) -> Acting:
    password = SAMPLES[0].password
    portal.begin(
        FirstStart(
            "Harbour Imaging",
            "portal@harbour.example",
            "http://127.0.0.1:8080",
            "Northside",
            ("1 Street",),
            "+61 2 5550 1234",
            "Australia/Sydney",
            "Manu Rossi",
            "manager",
            password,
        )
    )
    token = portal.acting(portal.nobody()).staff.sign_in("manager", password).token
    return portal.acting(portal.signed_in(token))


def _fill(file: str) -> None:
    """Write patients straight into the file: registering each one would take an hour."""
    now = system_clock().isoformat(sep=" ", timespec="microseconds").removesuffix("+00:00")
    with sqlite3.connect(file) as connection:
        site = connection.execute("SELECT id FROM site").fetchone()[0]
        people, words = [], []
        for number in range(PATIENTS):
            given, family = GIVEN[number % 10], f"{FAMILY[number // 10 % 10]}{number // 100 % 97 or ''}"
            patient = new_id().hex
            born = date(1930, 1, 1) + timedelta(days=number % 30_000)
            people.append(
                (patient, family, given, unaccented(f"{family} {given}"), born.isoformat(), site, now)
            )
            words += [(word, patient) for word in search_words(f"{given} {family}")]
        connection.executemany(
            "INSERT INTO patient (id, family_name, given_names, sort_key, birth_date, site_id, created_at, email,"
            " mobile, postal_address, name_alert, version) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '', 0, 1)",
            people,
        )
        connection.executemany("INSERT INTO patient_name_word (word, patient_id) VALUES (?, ?)", words)
        connection.execute("ANALYZE")


def _bare(connection: sqlite3.Connection, word: str) -> list[object]:
    return connection.execute(
        "SELECT patient.* FROM patient_name_word JOIN patient ON patient.id = patient_id"
        " WHERE word >= ? AND word < ? ORDER BY sort_key LIMIT 30",
        (word, word + "\U0010ffff"),
    ).fetchall()
