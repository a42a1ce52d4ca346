"""Shared Until: one of a few usual days, or any other, typed on a page of its own (R64, R69, D16)."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from app.words import Words
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.date_field import DateField

Days = list[tuple[str, date]]  # in words, and the day


class DayChooser(QWidget):
    """The usual days, and "Another day"."""

    def __init__(self, words: Words, days: Days, chosen: date) -> None:
        super().__init__()
        self._days = days
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        _ = words
        said = [_("{when}: {day}", when=when, day=day) for when, day in days]
        for number, line in enumerate([*said, _("Another day")]):
            choice = QRadioButton(line)
            choice.setObjectName(f"day_{number}" if number < len(days) else "day_other")
            self._group.addButton(choice, number)
            column.addWidget(choice)
        at = next((number for number, (_, day) in enumerate(days) if day == chosen), len(days))
        self._group.button(at).setChecked(True)

    def day(self) -> date | None:
        """Return the chosen day; None for another one."""
        at = self._group.checkedId()
        return self._days[at][1] if at < len(self._days) else None


class AskDay(TouchPage):
    """Any day from first to last, typed."""

    has_keyboard = True

    def __init__(
        self,
        kiosk: Kiosk,
        first: date,
        last: date,
        *,
        shown: date | None,
        action: str,
        chosen: Callable[["AskDay", date], None],
    ) -> None:
        super().__init__(kiosk, "ask_day")
        self._first, self._last, self._chosen = first, last, chosen
        _ = self._
        self.shared_until = DateField(
            _, "shared_until", _("Day, month and year"), _("From {first} to {last}", first=first, last=last)
        )
        self.shared_until.set_date(shown)
        self.lay_out(_("Until which day?"), self.shared_until, action=action, action_name="ask_day_next")
        self.primary.clicked.connect(self._on_chosen)

    def _on_chosen(self) -> None:
        day = self.shared_until.date()
        if day is None or not self._first <= day <= self._last:
            self.shared_until.show_error(
                self._("Choose a day from {first} to {last}.", first=self._first, last=self._last)
            )
            self.shared_until.setFocus()
            return
        self._chosen(self, day)
