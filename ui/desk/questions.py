"""Questions that several pages of the desk ask: why, on which day, on which paper."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from app import documents
from app.errors import N_, Invalid
from app.portal import Acting
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import ParagraphField
from ui.desk.seat import Seat
from ui.widgets.button import ButtonRole
from ui.widgets.date_field import DateField


def ask_reason(
    seat: Seat,
    page: QWidget,
    heading: str,
    sentence: str,
    action: str,
    ask: Callable[[Acting, str], Any],
    done: Callable[[Any], None],
    *,
    role: ButtonRole = "danger",
    field: str = "reason",
    label: str = "",
    also: Sequence[QWidget] = (),
) -> FormDialog:
    """Ask why, then do it."""
    _ = seat.words
    reason = ParagraphField(field, label or _("Reason"), lines=2)

    def read() -> Ask:
        typed = reason.text()
        return lambda acting: ask(acting, typed)

    return FormDialog(
        seat, page, heading, sentence, action=action, fields=[reason, *also], read=read, done=done, role=role
    )


def needed_date(field: DateField) -> date:
    """Return the date; raises Invalid for an incomplete or impossible one."""
    day = field.date()
    if day is None:
        raise Invalid("date_incomplete", N_("Please type day, month and year."), field=field.objectName())
    return day


def optional_date(field: DateField) -> date | None:
    """Return the date or None for empty boxes; raises Invalid for half a date."""
    return None if field.is_empty() else needed_date(field)


def paper_style(seat: Seat, *, is_large: bool = False) -> documents.PaperStyle:
    """Return the paper of this station."""
    is_letter = seat.station is not None and seat.station.paper == "Letter"
    return documents.PaperStyle("Letter" if is_letter else "A4", is_large, latin_letters=True)
