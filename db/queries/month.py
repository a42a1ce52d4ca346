"""A month's numbers for the manager: counts, never names."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import Account, Exam, Invitation, Message


@dataclass(frozen=True)
class Numbers:
    """What happened in a span of time."""

    accounts_created: int
    accounts_activated: int
    sms_sent: int
    sms_failed: int
    invitations: int
    invitations_opened: int
    exams_past_retention: int


def numbers(
    session: Session, since: datetime, until: datetime, kept_since: datetime, site_id: UUID | None
) -> Numbers:
    """Count what happened from one instant to another (exclusive), at one site or at all.

    kept_since: exams performed before are past their retention period.
    """

    def within(
        column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    ) -> ColumnElement[bool]:
        return (column >= since) & (column < until)

    def counted(query: Select[int], site: InstrumentedAttribute[UUID]) -> int:
        return session.scalar(query if site_id is None else query.where(site == site_id)) or 0

    def accounts(at: ColumnElement[bool]) -> int:
        return counted(select(func.count(Account.id)).where(at), Account.site_id)

    def sms(at: ColumnElement[bool], *states: str) -> int:
        query = select(func.count(Message.id)).where(Message.channel == "sms", Message.state.in_(states), at)
        return counted(query, Message.site_id)

    def invitations(at: ColumnElement[bool]) -> int:
        query = select(func.count(Invitation.id)).join(Exam, Exam.id == Invitation.exam_id).where(at)
        return counted(query, Exam.site_id)

    return Numbers(
        accounts_created=accounts(within(Account.created_at)),
        accounts_activated=accounts(within(Account.activated_at)),
        sms_sent=sms(within(Message.sent_at), "sent", "delivered"),
        sms_failed=sms(within(Message.created_at), "failed", "unclear"),
        invitations=invitations(within(Invitation.created_at)),
        invitations_opened=invitations(within(Invitation.first_opened_at)),
        exams_past_retention=counted(
            select(func.count(Exam.id)).where(Exam.performed_at < kept_since), Exam.site_id
        ),
    )
