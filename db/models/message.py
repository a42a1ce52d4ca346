"""E-mail and SMS, written as rows in the transaction of the fact they announce."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, only_of


class Message(Base):
    """One e-mail or SMS, waiting or sent. Content is encrypted while queued and wiped afterwards."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_due", "state", "next_try_at"),
        Index("ix_message_standing", "state", "site_id", "created_at"),
        Index("ix_message_last_sent", "site_id", "channel", "sent_at"),
        Index("ix_message_of_kind", "kind", "created_at"),
        only_of(
            "ix_message_awaiting_receipt",
            "sent_at",
            where="channel = 'sms' AND state = 'sent' AND reference IS NOT NULL",
        ),
        only_of(
            "ix_message_secret",
            "created_at",
            where="has_secret IS TRUE AND content IS NOT NULL",
            sqlite_where="has_secret IS 1 AND content IS NOT NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]  # activation | report_complete | recovery | invitation | ...
    channel: Mapped[str]  # email | sms
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    recipient: Mapped[str]  # address or E.164 number: the record of what was sent where
    content: Mapped[bytes | None]  # encrypted JSON: subject, text, html
    has_secret: Mapped[bool]
    state: Mapped[str]  # queued | sending | sent | delivered | unclear | failed
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(default=None)
    lease: Mapped[UUID | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    reference: Mapped[str | None] = mapped_column(default=None)  # the gateway's own id
    reason: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    wiped_at: Mapped[datetime | None] = mapped_column(default=None)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id"), default=None, index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), default=None, index=True)
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.id"), default=None, index=True)
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitation.id"), default=None, index=True)
    version: Mapped[int] = mapped_column(default=1)
