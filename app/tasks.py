"""What people at a site must do (D32)."""

import json
from typing import Any
from uuid import UUID

from app.errors import N_, NotFound
from app.ids import new_id
from app.rules.access import Role
from app.use_case import Effect, Noun, Work, use_case
from app.views.work import TaskRow
from db.models import Task
from db.queries import tasks as queries

DESK = frozenset({Role.RECEPTION, Role.MANAGER, Role.CLINICAL})

# What each kind of task says: what happened and what to do. Fields come from the task's detail.
TITLES = {
    "sms_failed": N_(
        "The Report Complete SMS could not be delivered. Check the mobile number or tell the patient another way."
    ),
    "sms_unclear": N_(
        "It is not clear whether the Report Complete SMS arrived. Ask the patient, or tell them another way."
    ),
    "no_mobile": N_(
        "There is no mobile number for Report Complete. Add one, or tell the patient another way."
    ),
    "no_referrer": N_(
        "The report has not been sent to a referring doctor. Record whom it went to, or why there is none."
    ),
    "message_failed": N_("A message could not be delivered. Check the address or number and send it again."),
    "message_unclear": N_("It is not clear whether a message arrived. Ask the person, or send it again."),
    "report_withdrawn": N_(
        "A report was withdrawn. It had been opened {openings} times. Speak to those who saw it."
    ),
    "invitation_locked": N_(
        "An invitation was locked after many wrong codes. Ask the patient, then unlock it."
    ),
    "print_failed": N_("Something was not printed. Print it again or give the patient another way."),
    "print_waiting": N_(
        "A patient at the kiosk asks you to print something. Check two identifiers before you hand it over."
    ),
    "unmatched_exam": N_("Images came in and it is not certain whose they are. Choose the patient."),
    "code_expiring": N_("An activation code is about to expire. Contact the patient, or issue a new code."),
    "account_expiring": N_(
        "An account is about to expire because nobody has signed in to it for a long time."
    ),
    "report_overdue": N_("A report is still hidden although its waiting time is over. Find out why."),
    "wrong_person": N_("A letter went to the wrong person. Follow the clinic's steps for an incident."),
    "clock_wrong": N_(
        "The portal's clock shows an earlier time than what was saved last: it is wrong now, or it was before. Ask IT"
        " to set it. Expiry dates and waiting times depend on it."
    ),
    "review_due": N_("Something is withheld and its review date has come. Release it or set a new date."),
}


def make_task(
    work: Work[Any],
    kind: str,
    key: str,
    *,
    site_id: UUID,
    patient_id: UUID | None = None,
    account_id: UUID | None = None,
    exam_id: UUID | None = None,
    report_id: UUID | None = None,
    invitation_id: UUID | None = None,
    message_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Put a task on the site's list unless one with this key stands there already. Detail: no names."""
    assert kind in TITLES, kind
    row = Task(
        id=new_id(),
        key=key,
        kind=kind,
        site_id=site_id,
        created_at=work.now,
        detail=json.dumps(detail, default=str),
        patient_id=patient_id,
        account_id=account_id,
        exam_id=exam_id,
        report_id=report_id,
        invitation_id=invitation_id,
        message_id=message_id,
    )
    if queries.add_unless_there(work.session, row):
        work.changed("task", row.id, site_id=site_id)


def finish_tasks(work: Work[Any], *keys: str) -> None:
    """Take tasks off the list because their reason is gone."""
    for task in queries.open_by_key(work.session, keys):
        _finish(work, task, "")


class Tasks(Noun):
    """What people at a site must do (D32)."""

    @use_case(DESK, is_activity=False)
    def open(self, work: Work[None], site_id: UUID | None = None) -> tuple[TaskRow, ...]:
        """Return what is to be done at one of the caller's sites, or at all of them; oldest first."""
        sites = work.who.site_ids if site_id is None else work.who.site_ids & {site_id}
        return tuple(
            TaskRow(
                id=task.id,
                kind=task.kind,
                title=TITLES[task.kind],
                fields=tuple((name, str(value)) for name, value in json.loads(task.detail).items()),
                created_at=task.created_at,
                patient_id=task.patient_id,
                patient_name=name,
                birth_date=born,
                exam_id=task.exam_id,
                report_id=task.report_id,
                invitation_id=task.invitation_id,
                message_id=task.message_id,
                account_id=task.account_id,
            )
            for task, name, born in queries.open_tasks(work.session, sites)
        )

    @use_case(DESK, Effect.WRITES)
    def done(self, work: Work[None], task_id: UUID, note: str) -> None:
        """Take a task off the list, saying what was done."""
        task = queries.task(work.session, task_id)
        if task is None or task.site_id not in work.who.site_ids:
            raise NotFound("task_unknown", N_("This is not on your list any more."))
        if task.done_at is None:
            _finish(work, task, note.strip()[:500])
        work.about(patient_id=task.patient_id, exam_id=task.exam_id, kind=task.kind)


def _finish(work: Work[Any], task: Task, note: str) -> None:
    task.done_at = work.now
    task.done_by = work.who.staff_id
    task.done_note = note
    task.key = f"{task.key}:{task.id}"  # the same reason may come up again
    work.changed("task", task.id, site_id=task.site_id)
