"""Shared Until: a day from a few usual ones, or any other typed (R64, R69, D16)."""

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from app.rules.calendar import add_months
from app.words import Words
from ui.widgets.date_field import DateField


class DayChooser(QWidget):
    """The field of the day has the name of the use case's argument, so that a refusal finds it."""

    other_chosen = Signal(bool)  # a keyboard is needed, or not

    def __init__(self, words: Words, name: str, days: list[tuple[str, date]], chosen: date) -> None:
        super().__init__()
        self._ = words
        self._days = days
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for number, (said, day) in enumerate(days):
            choice = QRadioButton(words("{when}: {day}", when=said, day=day))
            choice.setObjectName(f"day_{number}")
            self._group.addButton(choice, number)
            column.addWidget(choice)
        self.other = QRadioButton(words("Another day"))
        self.other.setObjectName("day_other")
        self._group.addButton(self.other, len(days))
        column.addWidget(self.other)
        self.field = DateField(words, name, words("Day, month and year"))
        column.addWidget(self.field)
        at = next((number for number, (_, day) in enumerate(days) if day == chosen), None)
        (self._group.button(at) if at is not None else self.other).setChecked(True)
        if at is None:
            self.field.set_date(chosen)
        self.field.setVisible(at is None)
        self._group.idToggled.connect(self._on_toggled)

    @property
    def asks_for_day(self) -> bool:
        """Tell whether a day is to be typed."""
        return self.other.isChecked()

    def day(self) -> date | None:
        """Return the day; None while none that exists is typed."""
        if self.asks_for_day:
            return self.field.date()
        return self._days[self._group.checkedId()][1]

    def _on_toggled(self, _number: int, is_on: bool) -> None:  # noqa: FBT001 - a signal's argument
        if is_on:
            self.field.setVisible(self.asks_for_day)
            self.field.show_error("")
            self.other_chosen.emit(self.asks_for_day)
            if self.asks_for_day:
                self.field.setFocus()


def usual_days(
    words: Words, today: date, first: date, last: date, default_days: int
) -> list[tuple[str, date]]:
    """Return the days to offer between first and last: a week, the default, three months, the last one possible."""
    wished = [
        (words.count("In {n} day", "In {n} days", 7), today + timedelta(days=7)),
        (words.count("In {n} day", "In {n} days", default_days), today + timedelta(days=default_days)),
        (words("In 3 months"), add_months(today, 3)),
        (words("The longest possible"), last),
    ]
    found: dict[date, str] = {}
    for said, day in wished:
        if first <= day <= last:
            found.setdefault(day, said)
    return [(said, day) for day, said in sorted(found.items())]
