from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.outside.sms_gateway import SmsGateway
from app.ports import DeliveryDelayed, DeliveryFailed, DeliveryUnclear, TextReceipt
from app.settings import SmsSettings
from tests.app.outside.conftest import Certificates
from tests.app.outside.sms_server import SmsServer
from tests.fakes import FixedClock

TO = "+61412345678"
BODY = {
    "messages": [{"destination": "{to}", "content": "{text}", "id": "{key}", "flash": False}],
    "from": "Clinic",
}


def _gateway(server: SmsServer, **settings: Any) -> SmsGateway:
    chosen: dict[str, Any] = {"body": BODY, "reference": "messages.0.id", "timeout_s": 5.0, **settings}
    return SmsGateway(SmsSettings(f"{server.url}/send", **chosen), FixedClock())


def test_the_sms_arrives_as_the_template_says_with_headers_and_key() -> None:
    with SmsServer() as server:
        sent = _gateway(server, headers={"Authorization": "Basic abc", "Idempotency-Key": "{key}"}).send(
            "key-1", TO, 'Zo\u00eb, "your report" is {ready}\n'
        )
    assert sent == TextReceipt("ref-1", None)
    [asked] = server.asked
    assert (asked.method, asked.path) == ("POST", "/send")
    assert asked.body == {
        "messages": [
            {
                "destination": TO,
                "content": 'Zo\u00eb, "your report" is {ready}\n',
                "id": "key-1",
                "flash": False,
            }
        ],
        "from": "Clinic",
    }
    assert asked.headers["Authorization"] == "Basic abc"
    assert asked.headers["Idempotency-Key"] == "key-1"
    assert asked.headers["Content-Type"] == "application/json"


def test_places_named_in_the_text_itself_stay_as_they_are() -> None:
    with SmsServer() as server:
        _gateway(server).send("key-1", TO, "{key} {to} {text}")
    assert server.asked[0].body["messages"][0]["content"] == "{key} {to} {text}"


def test_put_is_used_where_the_gateway_wants_it() -> None:
    with SmsServer() as server:
        _gateway(server, method="PUT").send("key-1", TO, "text")
    assert server.asked[0].method == "PUT"


def test_a_netrc_file_of_the_account_does_not_replace_the_gateways_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with SmsServer() as server:
        _gateway(server, headers={"Authorization": "Bearer ours"}).send("key-1", TO, "text")
    assert server.asked[0].headers["Authorization"] == "Bearer ours"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, DeliveryFailed),
        (403, DeliveryFailed),
        (404, DeliveryFailed),
        (422, DeliveryFailed),
        (401, DeliveryDelayed),
        (402, DeliveryDelayed),
        (408, DeliveryDelayed),
        (429, DeliveryDelayed),
        (302, DeliveryDelayed),
        (500, DeliveryDelayed),
        (502, DeliveryDelayed),
        (503, DeliveryDelayed),
        (504, DeliveryUnclear),
    ],
)
def test_every_status_has_its_outcome(status: int, outcome: type[Exception]) -> None:
    server = SmsServer(status=status, headers={"Location": "/elsewhere"})
    with server, pytest.raises(DeliveryFailed) as told:
        _gateway(server).send("key-1", TO, "text")
    assert type(told.value) is outcome
    assert len(server.asked) == 1  # and nothing is tried again or sent elsewhere behind our back


@pytest.mark.parametrize("break_at", ["headers", "body", "stall"])
def test_a_connection_that_breaks_after_the_sms_was_sent_is_unclear(break_at: str) -> None:
    with SmsServer(break_at=break_at) as server, pytest.raises(DeliveryUnclear):
        _gateway(server, timeout_s=1.0 if break_at == "stall" else 5.0).send("key-1", TO, "text")
    assert len(server.asked) == 1


def test_a_gateway_that_is_away_delays_the_sms(free_port: int) -> None:
    settings = SmsSettings(f"http://127.0.0.1:{free_port}/send", BODY, timeout_s=5)
    with pytest.raises(DeliveryFailed) as told:
        SmsGateway(settings, FixedClock()).send("key-1", TO, "text")
    assert type(told.value) is DeliveryDelayed


@pytest.mark.parametrize("url", ["https://no-such-host.invalid/send", "https://no host/send", "gopher://x/"])
def test_an_address_that_leads_nowhere_delays_the_sms(url: str) -> None:
    with pytest.raises(DeliveryFailed) as told:
        SmsGateway(SmsSettings(url, BODY, timeout_s=5), FixedClock()).send("key-1", TO, "text")
    assert type(told.value) is DeliveryDelayed


def test_a_gateway_whose_certificate_nobody_vouches_for_gets_nothing(certificates: Certificates) -> None:
    with SmsServer(tls=certificates.server_context()) as server, pytest.raises(DeliveryFailed) as told:
        _gateway(server).send("key-1", TO, "text")
    assert type(told.value) is DeliveryDelayed
    assert server.asked == []


@pytest.mark.parametrize(
    "to", ["", "0412 345 678", "+0412345678", "61412345678", "+61412345678\n", "+6141234567890123"]
)
def test_what_is_no_international_number_fails_for_good_and_is_never_sent(to: str) -> None:
    with SmsServer() as server, pytest.raises(DeliveryFailed) as told:
        _gateway(server).send("key-1", to, "text")
    assert type(told.value) is DeliveryFailed
    assert server.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>hello</html>",
        b"[]",
        b"{}",
        b'{"messages": []}',
        b'{"messages": [{"id": null}]}',
        b"x" * 99999,
    ],
)
def test_an_answer_without_the_reference_we_need_is_unclear(answer: bytes) -> None:
    with SmsServer(answer=answer) as server, pytest.raises(DeliveryUnclear):
        _gateway(server).send("key-1", TO, "text")


def test_a_gateway_that_gives_no_reference_need_not() -> None:
    with SmsServer(answer=b"OK") as server:
        assert _gateway(server, reference="").send("key-1", TO, "text") == TextReceipt("", None)


def test_a_reference_may_be_a_number() -> None:
    with SmsServer(answer={"id": 4711}) as server:
        assert _gateway(server, reference="id").send("key-1", TO, "text") == TextReceipt("4711", None)


@pytest.mark.parametrize(
    ("state", "outcome"), [("SUCCESS", None), ("INVALID_RECIPIENT", DeliveryFailed), (None, DeliveryUnclear)]
)
def test_where_the_answer_itself_says_it_the_http_status_is_not_enough(
    state: str | None, outcome: type[Exception] | None
) -> None:
    with SmsServer(status=200, answer={"id": "ref-1", "state": state}) as server:
        gateway = _gateway(server, reference="id", state="state", accepted=("SUCCESS", "QUEUED"))
        if outcome is None:
            assert gateway.send("key-1", TO, "text").reference == "ref-1"
        else:
            with pytest.raises(DeliveryFailed) as told:
                gateway.send("key-1", TO, "text")
            assert type(told.value) is outcome


def _with_receipts(server: SmsServer) -> SmsGateway:
    return _gateway(
        server,
        headers={"Authorization": "Basic abc", "Idempotency-Key": "{key}"},
        receipt_url=f"{server.url}/receipts/{{reference}}?full=1",
        receipt_state="status",
        receipt_delivered=("delivered", "read"),
        receipt_failed=("failed",),
        receipt_at="at",
    )


def test_receipts_are_given_only_where_the_settings_say_how() -> None:
    with SmsServer() as server:
        assert not _gateway(server).gives_receipts
        assert _with_receipts(server).gives_receipts


def test_a_delivered_sms_carries_the_gateways_time() -> None:
    at = FixedClock().now - timedelta(minutes=7)
    with SmsServer(status=200, answer={"status": "delivered", "at": at.isoformat()}) as server:
        assert _with_receipts(server).receipt("a/b c") == TextReceipt("a/b c", at)
    [asked] = server.asked
    assert (asked.method, asked.path) == ("GET", "/receipts/a%2Fb%20c?full=1")
    assert asked.headers["Authorization"] == "Basic abc"
    assert "Idempotency-Key" not in asked.headers


def test_a_time_with_another_offset_is_the_same_instant() -> None:
    with SmsServer(status=200, answer={"status": "read", "at": "2026-03-12T12:00:00+11:00"}) as server:
        assert _with_receipts(server).receipt("r").delivered_at == datetime(2026, 3, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("at", [None, "yesterday", "2026-03-12T01:00:00", "2036-01-01T00:00:00Z", 17])
def test_a_time_that_is_missing_naive_or_in_the_future_becomes_now(at: object) -> None:
    with SmsServer(status=200, answer={"status": "delivered", "at": at}) as server:
        assert _with_receipts(server).receipt("r").delivered_at == FixedClock().now


def test_an_sms_still_on_its_way_is_not_delivered() -> None:
    with SmsServer(status=200, answer={"status": "enroute"}) as server:
        assert _with_receipts(server).receipt("r") == TextReceipt("r", None)


def test_an_sms_that_never_arrived_failed() -> None:
    with SmsServer(status=200, answer={"status": "failed"}) as server, pytest.raises(DeliveryFailed) as told:
        _with_receipts(server).receipt("r")
    assert type(told.value) is DeliveryFailed


@pytest.mark.parametrize(
    "server",
    [
        SmsServer(status=404, answer={"status": "failed"}),
        SmsServer(status=500, answer={"status": "delivered"}),
        SmsServer(status=200, answer=b"?"),
        SmsServer(break_at="headers"),
        SmsServer(break_at="body"),
    ],
)
def test_a_receipt_that_cannot_be_had_is_asked_for_again(server: SmsServer) -> None:
    with server, pytest.raises(DeliveryFailed) as told:
        _with_receipts(server).receipt("r")
    assert type(told.value) is DeliveryDelayed


def test_a_refusal_tells_neither_number_nor_text() -> None:
    with SmsServer(break_at="headers") as server, pytest.raises(DeliveryUnclear) as told:
        _gateway(server).send("key-1", TO, "Zo\u00eb")
    assert TO not in told.value.reason
    assert told.value.__suppress_context__
