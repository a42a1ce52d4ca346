"""A patient who is signed in, at one request: what every page of theirs shows, and what keeps an open page true."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response

from app.errors import N_, NotFound, PortalError
from web.pages import At, Here
from web.security import Form

router = APIRouter()

EVERYTHING = "everything"  # the feed began anew: whatever is shown must be looked up again
MOST_CHANGES = 2**53  # what a script can count to


@dataclass(frozen=True)
class Person:
    """Whose exams a page shows."""

    id: UUID
    name: str


class Stay:
    """One request of a signed-in patient."""

    def __init__(self, at: Here) -> None:
        self.at = at
        self.words = at.words
        self.acting = at.patient()
        # Before anything else is looked up: the open page asks for what changes from here on.
        self._seen = self.acting.changes.since()
        self.session = self.acting.sessions.touch()

    def sending(self, request_id: UUID | None) -> None:
        """Carry out what follows as one sending of a form."""
        self.acting = self.at.patient(request_id)

    def person(self, patient_id: UUID) -> Person:
        """Return somebody whom the account reaches; raises NotFound for anybody else (D31)."""
        for known, name, _relation in self.session.patients:
            if known == patient_id:
                return Person(known, name)
        raise NotFound("patient_unknown", N_("These exams are not available."))

    def page(
        self,
        template: str,
        status: int = 200,
        error: PortalError | None = None,
        *,
        person: Person | None = None,
        nouns: str = "",
        changes_at: datetime | None = None,
        check: str = "",
        **context: Any,
    ) -> HTMLResponse:
        """Return a page.

        nouns: changes of these make the open page look again, as does changes_at; check: the address that says whether
        it would look different then, as {"state": …}.
        """
        now = self.at.pages.portal.parts.clock()
        seen = self._seen
        live = {
            "ask": f"/live?epoch={seen.epoch}&after={seen.number}",
            "nouns": nouns,
            "due": max(0, round((changes_at - now).total_seconds())) + 1 if changes_at else "",
            "check": check,
            "left": max(0, round((self.session.ends_at - now).total_seconds())),
        }
        patients = self.session.patients
        if person is None and len(patients) == 1:
            person = Person(patients[0][0], patients[0][1])
        return self.at.page(
            template, status, error, session=self.session, person=person, live=live, **context
        )


def signed_in(at: At) -> Stay:
    """Return the patient's stay; raises NotAllowed when nobody is signed in with this browser."""
    return Stay(at)


Signed = Annotated[Stay, Depends(signed_in)]


@router.get("/live")
def live(at: At, epoch: UUID, after: Annotated[int, Query(ge=0, le=MOST_CHANGES)]) -> Response:
    """Say what has changed for an open page, and how long the session lasts; asking is no sign of life (D25)."""
    patient = at.patient()
    found = patient.changes.since(epoch, after)
    session = patient.sessions.mine()
    nouns = {row.noun for row in found.rows} if found.epoch == epoch else {EVERYTHING}
    left = (session.ends_at - at.pages.portal.parts.clock()).total_seconds()
    return JSONResponse(
        {
            "epoch": str(found.epoch),
            "number": found.number,
            "nouns": sorted(nouns),
            "left": max(0, round(left)),
        }
    )


@router.post("/still-here")
def still_here(form: Form, stay: Signed) -> Response:  # noqa: ARG001 - read, so that it is our own page that asks
    """Note that the patient is there, reading."""
    return Response(status_code=204)
