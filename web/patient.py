"""A signed-in patient's first pages: "Whose exams?", home, My Exam, and who opened the records (R21, R22, D24, D31)."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app import documents
from app.documents import PaperStyle
from app.rules.access import Relation
from app.rules.calendar import add_months, local_day
from app.sayings import exam_line, exam_title
from app.views.paper import WhoOpened
from app.words import Words
from web.stay import Signed, Stay

router = APIRouter()

MONTHS = 12  # of "Who opened my records"


@router.get("/home")
def home(stay: Signed) -> Response:
    """Show the only person's home, or ask whose exams it is about (D31)."""
    patients = stay.session.patients
    if len(patients) == 1:
        return stay.at.go(f"/home/{patients[0][0]}")
    said = relations(stay.words)
    people = [(known, name, said[relation]) for known, name, relation in patients]
    return stay.page("whose.html", people=people, nouns="account")


@router.get("/home/{patient_id}")
def home_of(stay: Signed, patient_id: UUID) -> Response:
    """Show what there is to do: My Exam, Shared Exams, and the rest (R21, R63)."""
    return stay.page("patient_home.html", person=stay.person(patient_id), nouns="account")


@router.get("/home/{patient_id}/exams")
def my_exam(stay: Signed, patient_id: UUID) -> Response:
    """Show My Exam: every exam, newest first (R21, R22, R36)."""
    rows = stay.acting.exams.mine(patient_id)
    exams = [(row, exam_title(stay.words, row), exam_line(stay.words, row)) for row in rows]
    return stay.page(
        "my_exam.html",
        person=stay.person(patient_id),
        nouns="exam report",
        changes_at=min((row.changes_at for row in rows if row.changes_at), default=None),
        exams=exams,
    )


@router.get("/home/{patient_id}/opened")
def who_opened(stay: Signed, patient_id: UUID) -> Response:
    """Show who opened the records in the last year, in plain words (D24)."""
    return stay.page("who_opened.html", person=stay.person(patient_id), found=_openings(stay, patient_id))


@router.get("/home/{patient_id}/opened.pdf")
def who_opened_pdf(stay: Signed, patient_id: UUID) -> Response:
    """Return the same list to print or keep."""
    style = PaperStyle(large_print=stay.session.large_text, latin_letters=True)
    pdf = documents.who_opened(_openings(stay, patient_id), style, stay.words)
    name = {"Content-Disposition": 'attachment; filename="who-opened-my-records.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=name)


def relations(words: Words) -> dict[Relation, str]:
    """Return how it is said as what an account reaches somebody."""
    _ = words
    return {
        Relation.SELF: _("Your own exams"),
        Relation.PARENT: _("You are a parent"),
        Relation.GUARDIAN: _("You are a guardian"),
        Relation.CARER: _("You are a carer"),
    }


def _openings(stay: Stay, patient_id: UUID) -> WhoOpened:
    stay.person(patient_id)
    zone = next(site.time_zone for site in stay.acting.sites.all())
    today = local_day(stay.at.pages.portal.parts.clock(), zone)
    return stay.acting.audit.who_opened(patient_id, add_months(today, -MONTHS), today)
