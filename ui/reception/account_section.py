"""The accounts that reach a patient: their state and their code, each on a card of its own."""

from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.rules.access import Relation, Role
from app.rules.account_life import AccountState
from app.views.desk import PatientPage
from app.views.people import AccountRow, PatientRow
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.reception.account_actions import AccountActions
from ui.reception.account_card import AccountCard
from ui.reception.section import Section
from ui.widgets.layout import Card, row
from ui.widgets.text import Text


class AccountSection(Section):
    """Shows the accounts; what is done to them goes through doing."""

    def __init__(self, seat: Seat) -> None:
        _ = seat.words
        super().__init__("account_section", _("Account"), "Ctrl+1")
        self._seat = seat
        self._ = seat.words
        self.doing = AccountActions(seat, self)
        self._page: PatientPage | None = None
        self._shown: tuple[object, ...] = ()
        self._cards: list[QWidget] = []
        self._may_change = seat.has(Role.RECEPTION, Role.MANAGER)
        other = KeyButton("create_for_other", self._("Account for a parent or carer"), "Alt+O")
        other.clicked.connect(lambda: self.doing.create_for_other(self._patient()))
        self.add_button(other)
        other.setVisible(self._may_change)

    def show_page(self, page: PatientPage) -> None:
        """Show the accounts as they are now; what has not changed stays as it is."""
        self._page = page
        accounts = sorted(page.accounts, key=lambda account: account.relation is not Relation.SELF)
        shown = (page.patient, *((account, self._seat.drawer.find(account.id)) for account in accounts))
        if shown == self._shown:
            return
        self._shown = shown
        had_focus = any(card.isAncestorOf(self.window().focusWidget()) for card in self._cards)
        for card in self._cards:
            self.column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        alive = [account for account in accounts if account.state is not AccountState.DELETED]
        if not any(account.relation is Relation.SELF for account in alive):
            self._add(self._no_account())
        has_keys = True
        for account in alive:
            card = AccountCard(self._seat, account, self._seat.drawer.find(account.id), has_keys=has_keys)
            card.wanted.connect(self._on_wanted)
            self._add(card)
            has_keys = False
        deleted = len(accounts) - len(alive)
        if deleted:
            self._add(
                Text(
                    self._.count("One account was deleted.", "{n} accounts were deleted.", deleted),
                    "quietText",
                )
            )
        self.first = next((b for card in self._cards for b in card.findChildren(KeyButton)), None)
        if had_focus:
            self.take_focus()

    def show_again(self) -> None:
        """Show what the drawer holds now."""
        if self._page is not None:
            self.show_page(self._page)

    def account_of(self, account_id: UUID) -> AccountRow | None:
        """Return one of the accounts as it was shown last."""
        accounts = self._page.accounts if self._page else ()
        return next((account for account in accounts if account.id == account_id), None)

    def reissue(self, account_id: UUID) -> None:
        """Ask for a new code, because the paper with the old one is gone."""
        account = self.account_of(account_id)
        if account is not None:
            self.doing.reissue(account, self._patient())

    def void(self, account_id: UUID) -> None:
        """Ask what is wrong with a letter, void it and make a new one."""
        account = self.account_of(account_id)
        if account is not None:
            self.doing.void(account, self._patient())

    def _add(self, card: QWidget) -> None:
        self._cards.append(card)
        self.column.addWidget(card)
        card.show()  # at once; the layout alone would do it a moment later

    def _no_account(self) -> Card:
        card = Card(gap=1, margin=2)
        button = KeyButton(
            "create_account", self._("Create account and letter"), "Alt+A", "primary", icon_name="user-plus"
        )
        button.clicked.connect(lambda: self.doing.create(self._patient()))
        sentence = Text(self._("No account yet. The patient activates it with the letter you print."))
        line = row(sentence, button, gap=2)
        line.setStretch(0, 1)
        card.column.addLayout(line)
        button.setVisible(self._may_change)
        return card

    def _patient(self) -> PatientRow:
        assert self._page is not None
        return self._page.patient

    def _on_wanted(self, action: str, account: AccountRow) -> None:
        self.doing.do(action, account, self._patient())
