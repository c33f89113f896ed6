"""The language model in the office: off until switched on, one address and no other, masked, and never in the coder's way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.urls import reverse
from test_web_access import ADMIN, BILLER, MANAGER, enter

from claimwright.coding.assist import Unhelpful
from claimwright.office.exchange import language_model as exchange
from claimwright.office.records.models import AccessLog, User
from claimwright.office.records.practice import LanguageModelSetting, Membership
from claimwright.office.workflow import coding
from claimwright.office.workflow import language_model as workflow
from claimwright.office.workflow.errors import Refused
from officekit import VISIT, Office

SECRET = "key-that-nobody-reads"


class StandIn:
    """A small server on this machine that answers as it is told, and remembers what it was sent."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = completion('{"codes": []}')
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stand_in.seen.append((self.path, dict(self.headers), body))
                stand_in.answer(self)

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/v1"


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(code)
        for name, value in headers.items():
            to.send_header(name, value)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)

    return answer


def completion(content: str | None) -> Callable[[BaseHTTPRequestHandler], None]:
    return status(200, json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode())


def dripping(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.end_headers()
    try:
        for _ in range(100):
            to.wfile.write(b" ")
            to.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "PAUSE", 0.0)


def administrator(office: Office) -> User:
    user = User.objects.create(username=f"admin-{office.practice.pk}", first_name="Ada", last_name="Admin")
    Membership.objects.create(user=user, practice=office.practice, role=ADMIN)
    return user


def switch_on(office: Office, address: str, **more: Any) -> LanguageModelSetting:
    told = {"on": True, "endpoint": address, "model": "small", "confirmed": True} | more
    return workflow.set_language_model(practice=office.practice, by=administrator(office), today=VISIT, **told)


def suggested(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is kept of a visit read now: suggestions by code, and the reading."""
    patient = office.patient(mrn="MRN-77001")
    visit = office.visit(patient)
    document = visit.documents.get()
    told = "HPI: Iris MOSS called from 5551234567. Gout has been bad again.\nASSESSMENT AND PLAN:\n1. "
    document.text = told + document.text
    document.save()
    rows = coding.suggest_codes(**office.who(), encounter_id=visit.pk)
    visit.refresh_from_db()
    return {row.code: row.content for row in rows}, visit.reading


# --- the way there


def test_the_question_goes_to_one_address_with_its_key(stand_in: StandIn) -> None:
    assert b"choices" in exchange.ask(stand_in.address, b"{}", SECRET)
    ((path, headers, body),) = stand_in.seen
    assert (path, headers["Authorization"], body) == ("/v1/chat/completions", f"Bearer {SECRET}", b"{}")


@pytest.mark.parametrize(
    ("answer", "why", "asked"),
    [
        (status(302, Location="http://127.0.0.1:9/elsewhere"), "another address", 1),
        (status(307, Location="/v1/other"), "another address", 1),
        (status(401), "refused the key", 1),
        (status(400, b"the note was: secret"), "status 400", 1),
        (status(500), "status 500", 2),
        (status(429), "status 429", 2),
        (status(200, b"x" * (exchange.MOST_BYTES + 1)), "too long", 1),
        (lambda to: to.connection.close(), "broke off|reached", 2),
    ],
    ids=["redirect", "redirect kept", "key", "bad request", "broken", "busy", "huge", "hung up"],
)
def test_a_failure_is_bounded_and_told_in_our_own_words(stand_in: StandIn, answer: Any, why: str, asked: int) -> None:
    stand_in.answer = answer
    with pytest.raises(Unhelpful, match=why) as refused:
        exchange.ask(stand_in.address, b"{}", SECRET)
    assert len(stand_in.seen) == asked
    assert SECRET not in str(refused.value) and "secret" not in str(refused.value)


def test_busy_once_is_asked_again(stand_in: StandIn) -> None:
    answers = [status(503), completion("{}")]
    stand_in.answer = lambda to: answers.pop(0)(to)
    assert b"choices" in exchange.ask(stand_in.address, b"{}")


@pytest.mark.parametrize("answer", [dripping, lambda to: time.sleep(2)], ids=["drips", "silent"])
def test_a_slow_answer_ends_in_time(stand_in: StandIn, answer: Any) -> None:
    stand_in.answer = answer
    with pytest.raises(Unhelpful, match="in time"):
        exchange.ask(stand_in.address, b"{}", timeout=0.3)


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(Unhelpful, match="could not be reached"):
        exchange.ask("http://127.0.0.1:9/v1", b"{}")


def test_a_proxy_of_the_environment_is_not_used(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert exchange.ask(stand_in.address, b"{}")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "model.example.org/v1",
        "http://model.example.org/v1",
        "ftp://model.example.org",
        "https://me:word@model.example.org",
        "https://model.example.org/?key=1",
        "https://model.example.org/#x",
        "http://127.0.0.1.example.org/v1",
        "https://",
        "https://a b/",
        "http://[::1",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_must_not_be_asked_is_refused(address: str) -> None:
    assert exchange.address_problem(address)
    with pytest.raises(Unhelpful):
        exchange.ask(address, b"{}")


@pytest.mark.parametrize("address", ["https://model.example.org/v1", "http://localhost:11434/v1", "http://[::1]:8080/v1"])
def test_a_proper_address_is_taken(address: str) -> None:
    assert not exchange.address_problem(address)


def test_a_key_is_found_by_its_name_and_no_other_secret_can_be_named(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model_keys").mkdir()
    (tmp_path / "model_keys" / "house").write_text(SECRET + "\n")
    (tmp_path / "secret_key").write_text("the server's own")
    monkeypatch.setenv("CLAIMWRIGHT_MODEL_KEY_CLOUD_ONE", "from the environment")
    assert exchange.key_named("house", tmp_path) == SECRET
    assert exchange.key_named("cloud-one", tmp_path) == "from the environment"
    assert exchange.key_named("", tmp_path) == ""
    for name in ("../secret_key", "secret_key", "HOUSE", "/etc/passwd", "none", "a/b", "house\n"):
        with pytest.raises(Unhelpful):
            exchange.key_named(name, tmp_path)


# --- in the office


def test_without_a_setting_no_byte_leaves(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "ask", lambda *_: pytest.fail("something was sent"))
    _, reading = suggested(office)
    assert set(reading) == {"read", "queries"}


def test_switched_off_again_no_byte_leaves(office: Office, stand_in: StandIn) -> None:
    made = switch_on(office, stand_in.address)
    workflow.set_language_model(practice=office.practice, by=made.made_by, today=VISIT, on=False)
    suggested(office)
    assert not stand_in.seen
    assert [row.on for row in office.practice.language_model.all()] == [False, True]


def test_another_practice_is_not_switched_on_with_it(office: Office, other_office: Office, stand_in: StandIn) -> None:
    switch_on(office, stand_in.address)
    suggested(other_office)
    assert not stand_in.seen


def test_what_is_sent_is_masked_and_that_it_was_sent_is_kept(office: Office, stand_in: StandIn) -> None:
    switch_on(office, stand_in.address)
    suggested(office)
    ((_, _, body),) = stand_in.seen
    sent = body.decode()
    assert "Gout has been bad again" in sent
    for hidden in ("Iris", "MOSS", "Moss", "5551234567", "MRN-77001"):
        assert hidden not in sent
    assert AccessLog.objects.filter(practice=office.practice, what="note sent to the language model").exists()


def test_what_the_model_moved_says_so(office: Office, stand_in: StandIn) -> None:
    switch_on(office, stand_in.address)
    plain, _ = suggested(Office("Cedar Clinic", "100000003"))
    assert plain["M10.9"]["suggested"] is False
    stand_in.answer = completion(
        '{"codes": [{"code": "M10.9", "quote": "Gout has been bad again"}, {"code": "Z99.11", "quote": "Gout"}]}'
    )
    rows, reading = suggested(office)
    assert rows["M10.9"].get("suggested", True) and "language model" in rows["M10.9"]["reason"]
    assert not rows["M10.9"].get("auto")
    assert "Z99.11" not in rows
    assert "each says so" in reading["language_model"]


@pytest.mark.parametrize(
    "answer",
    [status(500), status(200, b"<html>"), completion(None), completion("I cannot help with that."), status(302, Location="/x")],
    ids=["broken", "no json", "refusal", "prose", "redirect"],
)
def test_the_coders_own_result_stands_when_it_does_not_help(office: Office, stand_in: StandIn, answer: Any) -> None:
    plain, _ = suggested(Office("Cedar Clinic", "100000003"))
    switch_on(office, stand_in.address)
    stand_in.answer = answer
    rows, reading = suggested(office)
    assert rows == plain
    assert reading["language_model"].startswith("The language model did not help: ")
    assert "Gout" not in reading["language_model"]


def test_the_chart_tells_the_coder_quietly(office: Office, stand_in: StandIn) -> None:
    switch_on(office, stand_in.address)
    stand_in.answer = status(500)
    suggested(office)
    visit = office.practice.encounters.get()
    page = enter(BILLER, office.practice).get(reverse("code", args=[visit.pk])).content.decode()
    assert "The language model did not help: it answered with status 500." in page


def test_a_missing_key_sends_nothing(office: Office, stand_in: StandIn, settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path
    switch_on(office, stand_in.address, key_name="house")
    _, reading = suggested(office)
    assert "its key was not found" in reading["language_model"]
    assert not stand_in.seen


# --- the setting


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"confirmed": False}, "leaves this machine"),
        ({"endpoint": "http://model.example.org/v1"}, "without https"),
        ({"model": ""}, "Name the model"),
        ({"key_name": "sk-ABC"}, "key itself"),
    ],
)
def test_it_is_not_switched_on_without_what_it_needs(office: Office, more: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        switch_on(office, "https://model.example.org/v1", **more)
    assert not office.practice.language_model.exists()


def test_only_an_administrator_of_this_practice_switches_it_on(office: Office, other_office: Office) -> None:
    told = {"on": True, "endpoint": "https://model.example.org/v1", "model": "small", "confirmed": True}
    manager = User.objects.create(username="m")
    Membership.objects.create(user=manager, practice=office.practice, role=MANAGER)
    for by in (None, manager, administrator(other_office)):
        with pytest.raises(Refused, match="administrator"):
            workflow.set_language_model(practice=office.practice, by=by, today=VISIT, **told)


def test_the_page_switches_it_on_with_the_confirmation_and_tells_who_did(office: Office) -> None:
    browser, address = enter(ADMIN, office.practice), reverse("language-model")
    form = {"on": "yes", "endpoint": "https://model.example.org/v1", "model": "small", "key_name": "house"}
    assert "Nothing leaves this machine" in browser.get(address).content.decode()
    browser.post(address, form)
    assert not office.practice.language_model.exists()
    assert browser.post(address, form | {"confirmed": "on"}).status_code == 302
    shown = browser.get(address).content.decode()
    assert "is sent to https://model.example.org/v1" in shown and f"Test {ADMIN}" in shown
    browser.post(address, {"on": "no"})
    assert "Nothing leaves this machine" in browser.get(address).content.decode()
    assert enter(BILLER, office.practice).get(address).status_code == 403
