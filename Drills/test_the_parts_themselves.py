"""The gateways and relays of the drills do what they are told to, whoever asks them."""

import contextlib
import http.client
import json
import os
import smtplib
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from cluster import FIRST_LINES, LAST_LINES, Member
from listener import Listener
from mail_relays import (
    DATA,
    END,
    GREETING,
    GREYLISTED,
    MAIL,
    RCPT,
    RELAY_PASSWORD,
    RELAY_USER,
    TAKEN_AND_DROPPED,
    OddRelay,
    Postfix,
    refuses,
)
from parts import Wire
from post import Record
from sms_gateways import (
    ENDLESS_HEADERS,
    GIANT,
    KANNEL_PASSWORD,
    KANNEL_USER,
    NONSENSE,
    RESET,
    RESET_UNREAD,
    SENDER,
    TAKEN_AND_HUNG,
    TAKEN_AND_RESET,
    TRICKLE,
    Kannel,
    OddGateway,
    redirects,
    says,
)
from waiting import GUARD_SECONDS, wait_until

# Of whom waits for an answer that never comes. Everybody else waits for as long as it takes.
HUNG_SECONDS = 2
NUMBER = "+36301234567"


@pytest.fixture
def record(tmp_path):
    return Record(tmp_path / "record.jsonl")


# Gateways.


def send(
    url: str,
    text: str,
    context: ssl.SSLContext | None = None,
    seconds: float = GUARD_SECONDS,
    **more: str,
):
    fields = {
        "username": KANNEL_USER, "password": KANNEL_PASSWORD, "from": SENDER, "to": NUMBER,
        "text": text, "charset": "UTF-8", "coding": "0",
    }  # fmt: skip
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in (fields | more).items())
    try:
        with urllib.request.urlopen(f"{url}?{query}", timeout=seconds, context=context) as answer:
            return answer.status, answer.read(1 << 16).decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


class Reports:
    """Hears delivery reports."""

    def __init__(self):
        self.paths: list[str] = []
        heard = self.paths

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                heard.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._listener = Listener(lambda line: Handler(line.socket, None, None))
        self.url = f"http://127.0.0.1:{self._listener.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()


def test_kannel_brings_a_text_to_a_phone_and_reports_it(record):
    with Kannel(record) as kannel, Reports() as reports:
        url = {"dlr-mask": "31", "dlr-url": f"{reports.url}/r?state=%d"}
        said = send(kannel.url, "első sor [1]\n\n@localhost #12345", **url)
        assert said == (202, "0: Accepted for delivery")
        wait_until(lambda: kannel.texts(NUMBER), "the phone has it")
        (text,) = kannel.texts(NUMBER)
        # The letter that the alphabet has not is lost, and the lines are together.
        assert text.text == "els? sor [1]\n\n@localhost #12345"
        assert (text.sender, text.coding) == (SENDER, "text")
        wait_until(lambda: "/r?state=1" in reports.paths, "it is reported")
        assert send(kannel.url, "első", coding="2")[0] == 202
        wait_until(lambda: len(kannel.texts()) == 2, "the phone has the other one")
        assert (kannel.texts()[1].text, kannel.texts()[1].coding) == ("első", "ucs-2")
        assert [each.to for each in record.handed()] == [NUMBER, NUMBER]


def test_kannel_keeps_a_text_for_a_phone_that_is_off_and_refuses_a_stranger():
    with Kannel() as kannel:
        kannel.switch_phone_off()
        said = lambda: send(kannel.url, "later")  # noqa: E731
        wait_until(lambda: said() == (202, "3: Queued for later delivery"), "the phone is off")
        assert send(kannel.url, "never", password="else")[0] == 403
        kannel.switch_phone_on()
        wait_until(lambda: kannel.texts(), "it arrives when the phone is on")
        assert {text.text for text in kannel.texts()} == {"later"}


ANSWERS = {
    "refused": (says(400, "no"), (400, "no")),
    "busy": (says(429, "slowly", Retry_After="3"), (429, "slowly")),
    "broken": (says(503), (503, "")),
    "unread": (RESET_UNREAD, ConnectionError),
    "reset": (RESET, ConnectionError),
    "taken and reset": (TAKEN_AND_RESET, ConnectionError),
    "hung": (TAKEN_AND_HUNG, TimeoutError),
    "nonsense": (NONSENSE, http.client.HTTPException),
    "endless": (ENDLESS_HEADERS, http.client.HTTPException),
}


@pytest.mark.parametrize("answer, expected", ANSWERS.values(), ids=ANSWERS)
def test_the_odd_gateway_answers_as_it_is_told_to(answer, expected, record):
    with OddGateway(record) as gateway:
        gateway.answer(NUMBER, answer)
        if isinstance(expected, tuple):
            assert send(gateway.url, "köd") == expected
        else:
            seconds = HUNG_SECONDS if expected is TimeoutError else GUARD_SECONDS
            with pytest.raises((expected, urllib.error.URLError)) as problem:
                send(gateway.url, "köd", seconds=seconds)
            reason = getattr(problem.value, "reason", problem.value)
            assert isinstance(reason, expected), reason
            # Who gives up is no witness of how far the gateway is.
            wait_until(record.handed, "the gateway has settled it")
        (request,) = gateway.asked(NUMBER)
        assert request.text == "köd"
        assert [each.is_taken for each in record.handed()] == [answer.takes]
        # What was planned is used up.
        assert send(gateway.url, "köd") == (202, "0: Accepted for delivery")


def test_the_odd_gateway_says_a_byte_a_second_until_nobody_listens():
    with OddGateway() as gateway:
        gateway.answer(NUMBER, TRICKLE)
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=GUARD_SECONDS) as line:
            line.sendall(
                b"GET /?to=" + quote(NUMBER).encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
            )
            said = b""
            while len(said) < 2:
                said += line.recv(10)
            assert b"HTTP/1.1 202".startswith(said)
        wait_until(lambda: gateway.open_lines == 0, "it notices the end")
        # One at once, then one for each second that has passed.
        assert gateway.asked(NUMBER)[0].sent <= 1 + (time.monotonic() - start)


def test_the_odd_gateway_sends_no_more_of_a_giant_than_is_read():
    with OddGateway() as gateway:
        gateway.answer(NUMBER, GIANT)
        assert len(send(gateway.url, "köd")[1]) == 1 << 16
        wait_until(lambda: gateway.asked()[0].sent, "it has sent something")
        assert gateway.asked()[0].sent < 16 << 20


def test_the_odd_gateway_is_a_provider_too_and_keeps_a_line_open():
    with OddGateway() as gateway:
        line = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=GUARD_SECONDS)
        for _ in range(2):
            body = json.dumps({"number": NUMBER, "text": "köd", "key": "sms-code/1"})
            line.request("POST", "/v1/messages", body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"status": "accepted"}')
        line.close()
        assert [each.key for each in gateway.taken(NUMBER)] == ["sms-code/1"] * 2
        assert gateway.lines == 1


def test_the_hooks_are_called_in_the_middle_and_a_stopped_gateway_refuses():
    moments = []
    with OddGateway() as gateway:
        gateway.on_arrival = lambda request: moments.append(("arrived", request.is_taken))
        gateway.on_taken = lambda request: moments.append(("taken", request.is_taken))
        send(gateway.url, "köd")
        gateway.answer(NUMBER, says(500))
        send(gateway.url, "köd")
        assert moments == [("arrived", False), ("taken", True), ("arrived", False)]
        gateway.stop()
        with pytest.raises(urllib.error.URLError, match="refused"):
            send(gateway.url, "köd")
        gateway.start()
        assert send(gateway.url, "köd")[0] == 202


@pytest.mark.parametrize("is_encrypted", [False, True], ids=["in clear", "encrypted"])
def test_a_stopped_gateway_leaves_nobody_behind_who_reads(is_encrypted, authority):
    """Such a thread would take the first bytes of whoever is given its socket's number next."""
    others = set(threading.enumerate())
    certificate = authority.good() if is_encrypted else None
    with OddGateway(certificate=certificate) as gateway:
        gateway.answer(NUMBER, TAKEN_AND_HUNG)
        address = ("127.0.0.1", gateway.port)
        with socket.create_connection(address) as silent, socket.create_connection(address) as hung:
            if is_encrypted:
                believing = ssl.create_default_context(cafile=authority.path)
                hung = believing.wrap_socket(hung, server_hostname="localhost")
            hung.sendall(
                b"GET /?to=" + quote(NUMBER).encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
            )
            wait_until(gateway.taken, "it thinks about an answer")
            wait_until(lambda: gateway.open_lines == 2, "it has noticed both")
            gateway.stop()
            assert set(threading.enumerate()) <= others
            for line in (silent, hung):
                with contextlib.suppress(ConnectionError):
                    assert line.recv(1) == b""
            hung.close()


def test_the_odd_gateway_can_lead_elsewhere():
    with OddGateway() as gateway, OddGateway() as trap:
        gateway.answer(NUMBER, redirects(trap.url + "?to=" + quote(NUMBER)))
        assert send(gateway.url, "köd")[0] == 200
        assert len(trap.asked(NUMBER)) == 1


CERTIFICATES = {
    "expired": "certificate has expired",
    "of_another_host": "Hostname mismatch",
    "self_signed": "self-signed certificate",
}


@pytest.mark.parametrize("kind, problem", CERTIFICATES.items(), ids=CERTIFICATES)
def test_a_bad_certificate_is_told_from_a_good_one(kind, problem, authority):
    believing = ssl.create_default_context(cafile=authority.path)
    with OddGateway(certificate=authority.good()) as good:
        assert send(good.url, "köd", context=believing)[0] == 202
    with OddGateway(certificate=getattr(authority, kind)()) as bad:
        with pytest.raises(urllib.error.URLError, match=problem):
            send(bad.url, "köd", context=believing)
        assert (bad.asked(), bad.in_clear) == ([], 0)
        with contextlib.suppress(OSError, http.client.HTTPException):
            send(bad.url.replace("https", "http"), "köd")
        assert bad.in_clear == 1


# Relays.

TO, FROM = "anna@pelda.example", "portal@pelda.example"


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = FROM, TO, "Próba"
    message["Message-ID"] = "<0123456789abcdef@pelda.example>"
    message.set_content("árvíztűrő\n.\n..tükörfúrógép\n", cte="8bit")
    return message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start Postfix")
def test_postfix_takes_a_letter_on_both_ports_from_whom_it_knows(authority, record):
    believing = ssl.create_default_context(cafile=authority.path)
    with Postfix(authority.good(), record) as relay:
        with smtplib.SMTP("localhost", relay.starttls_port, timeout=GUARD_SECONDS) as line:
            with pytest.raises(smtplib.SMTPException, match="STARTTLS"):
                line.sendmail(FROM, [TO], letter().as_bytes())
            line.starttls(context=believing)
            line.login(RELAY_USER, RELAY_PASSWORD)
            line.send_message(letter())
        with smtplib.SMTP_SSL(
            "localhost", relay.tls_port, timeout=GUARD_SECONDS, context=believing
        ) as line:
            with pytest.raises(smtplib.SMTPAuthenticationError):
                line.login(RELAY_USER, "else")
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                line.send_message(letter())
            line.login(RELAY_USER, RELAY_PASSWORD)
            line.send_message(letter())
        wait_until(lambda: len(relay.letters(TO)) == 2, "both are in the mailbox")
        for each in relay.letters(TO):
            assert (each.sender, each.to) == (FROM, (TO,))
            assert each.text == "árvíztűrő\n.\n..tükörfúrógép\n"
        assert [each.key for each in record.handed()] == ["<0123456789abcdef@pelda.example>"] * 2


REPLIES = {
    GREETING: "554 5.3.2 no",
    MAIL: "451 4.3.0 no",
    RCPT: "550 5.1.1 no",
    DATA: "554 5.6.0 no",
}


@pytest.mark.parametrize("step, words", REPLIES.items(), ids=REPLIES)
def test_the_odd_relay_refuses_at_the_step_it_is_told_to(step, words):
    with OddRelay() as relay:
        relay.reply_all(step, refuses(words))
        with pytest.raises(smtplib.SMTPException, match=words[:3]):
            post(relay)
        relay.reply_all(step, None)
        post(relay)
        assert len(relay.tried(TO)) == 1


def post(relay, context=None, password=None) -> None:
    with smtplib.SMTP("localhost", relay.port, timeout=GUARD_SECONDS) as line:
        if context:
            line.starttls(context=context)
        if password:
            line.login(RELAY_USER, password)
        line.send_message(letter())


def test_the_odd_relay_takes_a_letter_and_tells_nobody(record):
    with OddRelay(record) as relay:
        relay.reply(END, TO, TAKEN_AND_DROPPED)
        relay.reply(RCPT, TO, GREYLISTED)
        with pytest.raises(smtplib.SMTPException, match="Greylisted"):
            post(relay)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            post(relay)
        post(relay)
        assert len(relay.letters(TO)) == 2
        assert relay.letters(TO)[0].text == "árvíztűrő\n.\n..tükörfúrógép\n"
        assert [each.is_taken for each in record.handed()] == [True, True]


def test_the_odd_relay_encrypts_and_asks_for_a_password(authority):
    believing = ssl.create_default_context(cafile=authority.path)
    with OddRelay(
        certificate=authority.good(), security="starttls", asks_for_password=True
    ) as relay:
        with pytest.raises(smtplib.SMTPException, match="STARTTLS"):
            post(relay)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            post(relay, believing, "else")
        post(relay, believing, RELAY_PASSWORD)
        assert {is_encrypted for is_encrypted, _ in relay.logins} == {True}
        clear = {
            line.split()[0].upper() for is_encrypted, line in relay.commands if not is_encrypted
        }
        assert clear <= {"EHLO", "MAIL", "STARTTLS", "RSET", "QUIT", "HELO"}
        assert any(b"\r\n...t" in heard for heard in relay.heard)


def test_a_slow_relay_outlasts_the_patient(authority):
    with OddRelay(pause=0.5) as relay:
        with pytest.raises((OSError, smtplib.SMTPException), match="timed out"):
            smtplib.SMTP("localhost", relay.port, timeout=0.3)


# Machines of the database.


@pytest.fixture
def machine():
    """With the file of deploy/patroni, and not started."""
    machine = Member("a", SimpleNamespace(members=[]))
    yield machine
    machine.close()


def test_a_machine_tells_what_it_has_said_since_the_fault(machine):
    assert machine.said() == "a has said nothing"
    machine.log.write_text("all is well\n")
    machine.mark()
    with machine.log.open("a") as log:
        log.write("INFO: running pg_rewind\n")
    assert machine.said() == "a:\nINFO: running pg_rewind"
    with machine.log.open("a") as log:
        log.writelines(f"line {number}\n" for number in range(1000))
    lines = machine.said().splitlines()
    assert lines[1] == "INFO: running pg_rewind" and lines[-1] == "line 999" and "…" in lines
    assert len(lines) == 1 + FIRST_LINES + 1 + LAST_LINES


# Wires.


@pytest.fixture
def heard():
    return []


@pytest.fixture
def wire(heard):
    """Before a machine that says what it hears."""

    def echo(connection) -> None:
        while data := connection.socket.recv(100):
            heard.append(data)
            connection.socket.sendall(data)

    with Listener(echo) as machine:
        wire = Wire(machine.port)
        yield wire
        wire.close()


def call(wire) -> socket.socket:
    return socket.create_connection(("127.0.0.1", wire.port), timeout=GUARD_SECONDS)


def hears_nothing(line: socket.socket) -> bool:
    line.settimeout(HUNG_SECONDS)
    try:
        return not line.recv(10)
    except TimeoutError:
        return True
    finally:
        line.settimeout(GUARD_SECONDS)


def test_a_wire_that_is_cut_one_way_brings_it_when_it_is_whole_again(wire, heard):
    with call(wire) as line:
        line.sendall(b"a")
        assert line.recv(10) == b"a"
        wire.cut(forth=False)
        line.sendall(b"b")
        wait_until(lambda: heard == [b"a", b"b"], "the machine has heard it")
        assert hears_nothing(line)
        wire.mend()
        assert line.recv(10) == b"b"
        wire.cut(back=False)
        line.sendall(b"c")
        assert hears_nothing(line) and heard == [b"a", b"b"]
        wire.mend()
        assert line.recv(10) == b"c"


@pytest.mark.parametrize("direction", [{"forth": False}, {"back": False}, {}], ids=str)
def test_nobody_new_gets_through_a_wire_that_is_cut(direction, wire, heard):
    wire.cut(**direction)
    with call(wire) as line:
        line.sendall(b"a")
        wait_until(lambda: wire.turned_away == 1, "the wire knows of the caller")
        assert hears_nothing(line)
        wire.mend()
        with contextlib.suppress(ConnectionError):
            assert line.recv(10) == b""
    with call(wire) as line:
        line.sendall(b"b")
        assert line.recv(10) == b"b"
    assert heard == [b"b"]
