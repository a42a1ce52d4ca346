"""Whom files to import name as their patient, said the same wherever it has to be compared."""

from datetime import date

from app.views.exams import SurveyedStudy
from app.words import Words


def named_in(words: Words, study: SurveyedStudy) -> str:
    """Return "Amelia Hart, born 17 May 1944, number M100234"."""
    _ = words
    return _(
        "{name}, born {born}, number {number}",
        name=study.patient_name or "—",
        born=birth_date(words, study),
        number=", ".join(study.identifiers) or "—",
    )


def birth_date(words: Words, study: SurveyedStudy) -> str:
    """Return the birth date as it is written everywhere."""
    return words.date(date.fromisoformat(study.birth_date)) if study.birth_date else "—"
