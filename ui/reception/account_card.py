"""One account: in a word how it stands, in a sentence what that means, and what can be done now."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QMenu

from app.rules.access import Relation, Role
from app.rules.account_life import AccountState
from app.views.people import AccountRow, GrantRow
from ui.desk.drawer import Paper
from ui.desk.flow import Flow
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.widgets.button import ButtonRole
from ui.widgets.layout import Card, row
from ui.widgets.status import StatusBadge, StatusKind
from ui.widgets.text import Text

# By state: what stands on buttons, the first one first; then what stands under More.
BUTTONS = {
    AccountState.CREATED: ("print_letter", "mail_again", "new_code"),
    AccountState.CODE_EXPIRED: ("new_code",),
    AccountState.ACTIVE: ("reset_slip", "mail_again"),
    AccountState.EXPIRED: ("reinstate",),
    AccountState.BLOCKED: ("unblock",),
}
MORE = {
    AccountState.CREATED: ("void", "wrong_person", "contact", "family", "block", "delete"),
    AccountState.CODE_EXPIRED: ("wrong_person", "contact", "family", "block", "delete"),
    AccountState.ACTIVE: ("wrong_person", "contact", "family", "block", "delete"),
    AccountState.EXPIRED: ("contact", "family", "block", "delete"),
    AccountState.BLOCKED: ("delete",),
}
FIRST = frozenset(
    {"print_letter", "new_code", "reinstate", "unblock"}
)  # the thing to do, where they come first
KEYS = {
    "print_letter": "Ctrl+P",
    "new_code": "Alt+N",
    "mail_again": "Alt+E",
    "void": "Alt+V",
    "wrong_person": "Alt+W",
    "reset_slip": "Alt+S",
    "reinstate": "Alt+R",
    "contact": "Alt+C",
    "family": "Alt+F",
    "block": "Alt+B",
    "unblock": "Alt+U",
    "delete": "Alt+D",
}
KINDS: dict[AccountState, StatusKind] = {
    AccountState.CREATED: "wait",
    AccountState.CODE_EXPIRED: "stop",
    AccountState.ACTIVE: "good",
    AccountState.EXPIRED: "stop",
    AccountState.BLOCKED: "stop",
    AccountState.DELETED: "quietText",
}


class AccountCard(Card):
    """wanted carries the name of an action and the account. Only the first card on a page has keys."""

    wanted = Signal(str, object)

    def __init__(self, seat: Seat, account: AccountRow, paper: Paper | None, *, has_keys: bool) -> None:
        super().__init__(gap=1, margin=2)
        self._seat = seat
        self._ = seat.words
        self._account = account
        self._paper = paper
        self._has_keys = has_keys
        self.setObjectName("account_card")
        self.state = StatusBadge(self._state_word(), KINDS[account.state])
        self.state.setObjectName("account_state")
        self.sentence = Text(self._sentence())
        self.sentence.setObjectName("account_sentence")
        head = row(self.state, self.sentence, gap=2)
        head.setStretch(1, 1)
        self.column.addLayout(head)
        self.column.addLayout(self._facts())
        if seat.has(Role.RECEPTION, Role.MANAGER):
            self.column.addSpacing(8)
            self.column.addWidget(self._buttons())

    # Words

    def _state_word(self) -> str:
        _ = self._
        return {
            AccountState.CREATED: _("Waiting for activation"),
            AccountState.CODE_EXPIRED: _("No working code"),
            AccountState.ACTIVE: _("Active"),
            AccountState.EXPIRED: _("Expired"),
            AccountState.BLOCKED: _("Blocked"),
            AccountState.DELETED: _("Deleted"),
        }[self._account.state]

    def _sentence(self) -> str:
        _, account = self._, self._account
        if account.state is AccountState.CREATED:
            return self._code_sentence()
        if account.state is AccountState.ACTIVE and account.last_signed_in_at is not None:
            return _("Last signed in {moment}.", moment=self._moment(account.last_signed_in_at))
        return {
            AccountState.CODE_EXPIRED: _("The activation code is spent or too old. Make a new one."),
            AccountState.ACTIVE: _("Activated, and not signed in yet."),
            AccountState.EXPIRED: _(
                "Not used for a long time. Reinstating keeps the user name and asks for a new password."
            ),
            AccountState.BLOCKED: _(
                "Blocked: {reason}. A manager can unblock it.", reason=account.blocked_reason or ""
            ),
            AccountState.DELETED: "",
        }[account.state]

    def _code_sentence(self) -> str:
        _, account = self._, self._account
        if account.code_expires_on is None:
            return ""
        if self._paper is not None:
            until = self._moment(self._seat.drawer.ends_at(self._paper))
            return _("The letter has not been printed yet. It can be printed until {moment}.", moment=until)
        if account.code_is_handed_over:
            return _("The letter was handed over. Its code works until {day}.", day=account.code_expires_on)
        return _(
            "The letter has not been handed over. Its code works until {day}.", day=account.code_expires_on
        )

    def _last_day(self, ends_at: datetime) -> date:
        """Return the last day that counts: what ends at midnight is not promised for the day that begins."""
        return (ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(self._seat.zone)).date()

    def _moment(self, at: datetime) -> str:
        return self._.moment(at, self._seat.zone)

    def _facts(self) -> QGridLayout:
        _, account = self._, self._account
        facts: list[tuple[str, str]] = []
        if account.relation is not Relation.SELF:
            facts.append((_("Belongs to"), self._holder()))
        if account.user_name:
            facts.append((_("User name"), account.user_name))
        if account.email:
            proved = _("proved") if account.is_email_proved else _("not proved yet")
            facts.append((_("E-mail"), f"{account.email} ({proved})"))
        else:
            facts.append((_("E-mail"), _("none on file")))
        facts.append((_("Mobile"), account.mobile or _("none on file")))
        if account.state is AccountState.ACTIVE and account.expires_at is not None:
            facts.append((_("Works until, if not used"), _.date(self._last_day(account.expires_at))))
        others = [self._reach(grant) for grant in account.grants if grant.relation is not Relation.SELF]
        if others:
            facts.append((_("Also sees"), "; ".join(others)))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for at, (label, value) in enumerate(facts):
            grid.addWidget(Text(label, "quietText", wraps=False), at, 0)
            shown = Text(value)
            shown.setAccessibleName(f"{label}: {value}")
            grid.addWidget(shown, at, 1)
        return grid

    def _holder(self) -> str:
        _, account = self._, self._account
        words = {
            Relation.PARENT: _("{name}, born {day}, parent"),
            Relation.GUARDIAN: _("{name}, born {day}, guardian"),
            Relation.CARER: _("{name}, born {day}, carer"),
            Relation.SELF: "",
        }[account.relation]
        return _(words, name=account.holder_name, day=account.holder_birth_date)

    def _reach(self, grant: GrantRow) -> str:
        _ = self._
        if not grant.is_in_force:
            return _("{name} (ended)", name=grant.patient_name)
        words = {
            Relation.PARENT: _("{name} as parent"),
            Relation.GUARDIAN: _("{name} as guardian"),
            Relation.CARER: _("{name} as carer"),
            Relation.SELF: "{name}",
        }[grant.relation]
        return _(words, name=grant.patient_name)

    # Actions

    def _words_of(self, action: str) -> str:
        _ = self._
        return {
            "print_letter": _("Print the letter"),
            "new_code": _("New code"),
            "mail_again": _("E-mail again"),
            "void": _("Void the letter"),
            "wrong_person": _("Given to the wrong person"),
            "reset_slip": _("Reset slip"),
            "reinstate": _("Reinstate"),
            "contact": _("Contact details of the account"),
            "family": _("Family and carers"),
            "block": _("Block"),
            "unblock": _("Unblock"),
            "delete": _("Delete the account"),
        }[action]

    def _is_possible(self, action: str) -> bool:
        account = self._account
        match action:
            case "print_letter":
                return self._paper is not None
            case "mail_again":
                is_wanted = account.state is not AccountState.ACTIVE or not account.is_email_proved
                return bool(account.email) and is_wanted
            case "contact":
                return account.relation is not Relation.SELF
            case "unblock":
                return self._seat.has(Role.MANAGER)
            case "void":
                return account.code_expires_on is not None
        return True

    def _buttons(self) -> Flow:
        state = self._account.state
        buttons: list[KeyButton] = []
        for action in filter(self._is_possible, BUTTONS.get(state, ())):
            role: ButtonRole = "primary" if not buttons and action in FIRST else ""
            button = KeyButton(action, self._words_of(action), KEYS[action] if self._has_keys else "", role)
            button.clicked.connect(lambda _checked=False, wanted=action: self._want(wanted))
            buttons.append(button)
        more = [action for action in MORE.get(state, ()) if self._is_possible(action)]
        if more:
            buttons.append(self._more(more))
        return Flow(*buttons)

    def _more(self, actions: list[str]) -> KeyButton:
        button = KeyButton("more", self._("More"), "Alt+M" if self._has_keys else "", icon_name="ellipsis")
        menu = QMenu(self)
        menu.setObjectName("more_menu")
        for name in actions:
            action = QAction(self._words_of(name), self)
            action.setObjectName(name)
            if self._has_keys:
                action.setShortcut(QKeySequence(KEYS[name]))
            action.triggered.connect(lambda _checked=False, wanted=name: self._want(wanted))
            menu.addAction(action)
            self.addAction(action)  # so that its key works while the menu is shut
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4))))
        return button

    def _want(self, action: str) -> None:
        self.wanted.emit(action, self._account)
