"""Sends SMS through the clinic's gateway; which gateway that is, the settings say."""

import json
import re
import ssl
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests
from urllib3.exceptions import NewConnectionError

from app.errors import N_
from app.ports import Clock, DeliveryDelayed, DeliveryFailed, DeliveryUnclear, TextReceipt
from app.settings import SmsSettings

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PLACES = re.compile(r"\{(to|text|key)\}")
_MOST_BYTES = 64 * 1024
# Refused now, but not for what this SMS is: our key, our credit, too many at once.
_OURS_TO_MEND = {401, 402, 407, 408, 425, 429}
_GATEWAY_TIMEOUT = 504


class SmsGateway:
    """A text sender as ports.TextSender asks, over HTTP."""

    def __init__(self, settings: SmsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    @property
    def gives_receipts(self) -> bool:
        """Tell whether the gateway can say later that the SMS was delivered."""
        return bool(self._settings.receipt_url)

    def send(self, idempotency_key: str, to: str, text: str) -> TextReceipt:
        """Hand one SMS over; to is E.164. Raises as ports.Mailer does."""
        if not _E164.fullmatch(to):
            raise DeliveryFailed(N_("This is not a mobile number."))
        settings = self._settings
        filling = {"to": to, "text": text, "key": idempotency_key}
        headers = {name: value.replace("{key}", idempotency_key) for name, value in settings.headers.items()}
        try:
            status, answer = self._ask(
                settings.method, settings.url, headers, _filled(settings.body, filling)
            )
        except requests.RequestException as error:
            if _never_left(error):
                raise DeliveryDelayed(_AWAY) from None
            raise DeliveryUnclear(_UNCLEAR) from None
        _check_status(status)
        state = _found(answer, settings.state)
        if settings.state and state is None:
            raise DeliveryUnclear(N_("The SMS service gave an answer that we do not understand."))
        if settings.state and state not in settings.accepted:
            raise DeliveryFailed(_REFUSED)
        reference = _found(answer, settings.reference)
        if settings.reference and not reference:
            raise DeliveryUnclear(N_("The SMS service gave an answer that we do not understand."))
        return TextReceipt(reference or "", None)

    def receipt(self, reference: str) -> TextReceipt:
        """Ask what became of one SMS; raises DeliveryFailed when it never arrived, DeliveryDelayed when unknown.

        The gateway's own time counts, but never one in the future; without one, it is delivered as of now.
        """
        settings = self._settings
        url = settings.receipt_url.replace("{reference}", quote(reference, safe=""))
        headers = {name: value for name, value in settings.headers.items() if "{key}" not in value}
        try:
            status, answer = self._ask("GET", url, headers, None)
        except requests.RequestException:
            raise DeliveryDelayed(_AWAY) from None
        state = _found(answer, settings.receipt_state)
        if not _is_fine(status) or state is None:
            raise DeliveryDelayed(N_("The SMS service does not say whether the SMS was delivered."))
        if state in settings.receipt_failed:
            raise DeliveryFailed(N_("The SMS could not be delivered to this mobile."))
        delivered = state in settings.receipt_delivered
        return TextReceipt(
            reference, self._moment(_found(answer, settings.receipt_at)) if delivered else None
        )

    def _ask(self, method: str, url: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        wait = self._settings.timeout_s
        with requests.Session() as session:
            # A forgotten .netrc would replace the gateway's own Authorization header.
            session.trust_env = False
            with session.request(
                method,
                url,
                headers=headers,
                json=body,
                timeout=(wait, wait),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = b""
                for chunk in response.iter_content(4096):
                    content += chunk
                    if len(content) > _MOST_BYTES:
                        return response.status_code, None
        try:
            return response.status_code, json.loads(content)
        except ValueError:
            return response.status_code, None

    def _moment(self, written: str | None) -> datetime:
        now = self._clock()
        try:
            at = datetime.fromisoformat(written or "")
        except ValueError:
            return now
        return now if at.tzinfo is None else min(at, now)


def _check_status(status: int) -> None:
    if _is_fine(status):
        return
    if status == _GATEWAY_TIMEOUT:
        # A proxy gave up waiting for the gateway, which may have taken the SMS.
        raise DeliveryUnclear(_UNCLEAR)
    if status in _OURS_TO_MEND or status in range(300, 400):
        raise DeliveryDelayed(N_("The SMS service does not let us in. IT must look at its settings."))
    if status in range(400, 500):
        raise DeliveryFailed(_REFUSED)
    raise DeliveryDelayed(N_("The SMS service is out of order."))


def _is_fine(status: int) -> bool:
    return status in range(200, 300)


def _never_left(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout | ValueError):  # a ValueError: the address cannot be one
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.exceptions.SSLError):
        return isinstance(getattr(reason, "args", (None,))[0], ssl.SSLCertVerificationError)
    return isinstance(reason, NewConnectionError)


def _filled(value: Any, filling: dict[str, str]) -> Any:
    if isinstance(value, str):
        # In one go, so that a text in which somebody wrote {key} stays as it is.
        return _PLACES.sub(lambda place: filling[place[1]], value)
    if isinstance(value, dict):
        return {name: _filled(inner, filling) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, filling) for inner in value]
    return value


def _found(answer: Any, path: str) -> str | None:
    for step in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return None
    if isinstance(answer, str):
        return answer
    return json.dumps(answer) if isinstance(answer, int) else None


_AWAY = N_("The SMS service does not answer.")
_REFUSED = N_("The SMS service refused this SMS.")
_UNCLEAR = N_("The connection broke before the SMS service answered: the SMS may have gone out.")
