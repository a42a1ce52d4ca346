"""What the server has at the end, held against what people at the desks were told."""

import json
import re
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db.database import Database
from db.models import Account, ActivationCode, AuditEvent, Message, Patient
from tests.faults.central import Central
from tests.faults.plan import Outcome


def said_by(desk: Path) -> list[dict[str, str]]:
    """Return what a desk wrote down: what was asked for and what was acknowledged, in order."""
    file = desk / "acks"
    lines = file.read_text().split("\n")[:-1] if file.exists() else []
    return [json.loads(line) for line in lines]


def judge(central: Central, desks: list[Path], outcome: Outcome) -> None:
    """Write down in the outcome what is lost, doubled, left or unsound."""
    _Verdict(central, desks, outcome).give()


class _Verdict:
    def __init__(self, central: Central, desks: list[Path], outcome: Outcome) -> None:
        self.central, self.desks, self.out = central, desks, outcome
        database = Database(central.url)
        with database.reading() as session:
            self.patients = {row.id: row for row in session.scalars(select(Patient))}
            self.names = Counter(row.family_name for row in self.patients.values())
            self.accounts = {row.id for row in session.scalars(select(Account))}
            codes = select(ActivationCode.digest).where(ActivationCode.killed_at.is_(None))
            self.live = set(session.scalars(codes))
            done = select(AuditEvent.verb, AuditEvent.patient_id).where(AuditEvent.outcome == "done")
            self.times = Counter((row.verb, row.patient_id) for row in session.execute(done))
            self.messages = list(session.scalars(select(Message).where(Message.channel == "email")))
        database.close()

    def give(self) -> None:
        for desk in self.desks:
            said = said_by(desk)
            self._people(desk.name, [one for one in said if one["what"] == "acknowledged"])
            self._contacts(desk.name, said)
            self._left_at(desk)
        self._mails()
        if "broken" in self.central.admin("audit", "verify").lower():
            self.out.unsound.append("the audit trail")

    def _people(self, desk: str, acknowledged: list[dict[str, str]]) -> None:
        self.out.acknowledged += len(acknowledged)
        for one in acknowledged:
            patient = UUID(one["patient"])
            if one["kind"] == "register":
                if patient not in self.patients:
                    self.out.lost.append(f"{desk}: register {patient}")
                if self.names[one["name"]] > 1 or self.times["patients.register", patient] > 1:
                    self.out.doubled.append(f"{desk}: register {patient}")
            if one["kind"] == "create":
                if not self._has_account(one):
                    self.out.lost.append(f"{desk}: create {one['account']}")
                if self.times["accounts.create", patient] > 1:
                    self.out.doubled.append(f"{desk}: create {one['account']}")

    def _has_account(self, said: dict[str, str]) -> bool:
        digest = self.central.keys.digest("activation", said["code"])
        return UUID(said["account"]) in self.accounts and digest in self.live

    def _contacts(self, desk: str, said: list[dict[str, str]]) -> None:
        """Look that each change of contact data was done once, in order; one that a killed desk did not acknowledge may be."""
        contacts = [one for one in said if one["kind"] == "contact"]
        asked = Counter(one["patient"] for one in contacts if one["what"] == "asked")
        acknowledged = Counter(one["patient"] for one in contacts if one["what"] == "acknowledged")
        last: dict[str, set[str]] = {}
        for one in contacts:
            if one["what"] == "acknowledged":
                last[one["patient"]] = set()
            last.setdefault(one["patient"], {""}).add(one["mobile"])
        for patient, mobiles in last.items():
            row = self.patients.get(UUID(patient))
            times = self.times["patients.change_contact", UUID(patient)]
            if row is None or times < acknowledged[patient]:
                self.out.lost.append(f"{desk}: contact {patient}: {times} of {acknowledged[patient]}")
            elif row.mobile not in mobiles:
                self.out.lost.append(f"{desk}: contact {patient}: {row.mobile} and not {mobiles}")
            if times > asked[patient]:
                self.out.doubled.append(f"{desk}: contact {patient}: {times} of {asked[patient]}")

    def _left_at(self, desk: Path) -> None:
        result = desk / "result.json"
        said: dict[str, Any] = json.loads(result.read_text()) if result.exists() else {"waiting": -1}
        self.out.attention += [f"{desk.name}: {one}" for one in said.get("attention", [])]
        if said["waiting"] or said.get("sound") != "ok":
            self.out.unsound.append(f"{desk.name}: {said}")

    def _mails(self) -> None:
        accepted = self.central.mail.accepted
        ids = [_message_id(one.content) for one in accepted]
        before, after = (
            ids[: self.central.mails_before_restore],
            Counter(ids[self.central.mails_before_restore :]),
        )
        sent = set(ids)
        self.out.mails = len(ids)
        self.out.mails_lost = [
            f"{row.kind} {row.id}: {row.state}"
            for row in self.messages
            if row.state != "sent" or row.id not in sent
        ]
        # Each account that was acknowledged has its mail with the button.
        announced = {row.account_id for row in self.messages if row.kind == "activation"}
        self.out.mails_lost += [f"of account {account}" for account in self.accounts - announced]
        self.out.mails_doubled = sum(
            count - 1 for period in (Counter(before), after) for count in period.values()
        )
        self.out.mails_after_restore = len(set(before) & set(after))


def _message_id(content: bytes) -> UUID:
    found = re.match(r"<([0-9a-f-]{36})@", message_from_bytes(content)["Message-ID"])
    assert found is not None
    return UUID(found[1])
