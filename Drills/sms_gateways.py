"""SMS gateways: Kannel from Debian with a pretended phone, and one that answers as it is told to.

Kannel shows what a real gateway says. Whatever it cannot be made to say comes from `OddGateway`.
"""

import contextlib
import itertools
import json
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.request
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from listener import Connection, Listener
from parts import Folder, accepts_connections, end
from ports import reserved_ports
from post import Handed, Record, caught
from waiting import GUARD_SECONDS, wait_until

if TYPE_CHECKING:
    # The browser tests have this gateway without encryption, and without what that needs.
    from authority import Certificate

KANNEL_USER = "belepo"
KANNEL_PASSWORD = "titok & jelszó+1"
SENDER = "Pelda"


# Kannel.


class Kannel:
    """Debian's bearerbox and smsbox, with the pretended phone network that Kannel's own tests use.

    The bearerbox makes up the delivery reports itself: it always says that a message arrived.
    """

    FAKESMSC = "/usr/lib/kannel/test/fakesmsc"

    def __init__(self, record: Record | None = None):
        self.folder = Folder("kannel")
        self.record = record
        self.port, self._box_port, self._phone_port, self._admin_port = reserved_ports(4)
        self.phone: Phone | None = None
        self._processes: list[subprocess.Popen] = []
        self._texts: list[Received] = []
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"

    @property
    def settings(self) -> dict[str, str]:
        return {
            "BELEPO_SMS_GATEWAY": "kannel",
            "BELEPO_SMS_KANNEL_URL": self.url,
            "BELEPO_SMS_KANNEL_USERNAME": KANNEL_USER,
            "BELEPO_SMS_KANNEL_PASSWORD": KANNEL_PASSWORD,
            "BELEPO_SMS_KANNEL_FROM": SENDER,
        }

    def texts(self, to: str | None = None) -> list["Received"]:
        """What the phone with the number received, or all phones; the oldest first."""
        return [text for text in list(self._texts) if to in (None, text.to)]

    def caught(self) -> list[dict]:
        """The same for the customers of client.py."""
        return [caught(text.at, text.to, text.text) for text in self.texts()]

    def switch_phone_on(self) -> None:
        self.phone = Phone(self._phone_port, self._receive)
        wait_until(lambda: "online" in self._status(), "the phone is in the network")

    def switch_phone_off(self) -> None:
        """Messages wait in Kannel: it says 202 and "3: Queued for later delivery"."""
        self.phone.close()
        self.phone = None

    def log(self) -> str:
        logs = [self.folder.path / name for name in ("bearerbox.log", "smsbox.log")]
        return "\n".join(log.read_text(errors="replace") for log in logs if log.exists())

    def close(self) -> None:
        if self.phone:
            self.switch_phone_off()
        # The smsbox first: it would wait for its bearerbox to come back.
        for process in reversed(self._processes):
            if process.poll() is None:
                end(process)
        self.folder.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _status(self) -> str:
        """What the bearerbox says of the network."""
        url = f"http://127.0.0.1:{self._admin_port}/status.txt?password=drill"
        with urllib.request.urlopen(url, timeout=60) as answer:
            text = answer.read().decode()
        return text.partition("SMSC connections")[2]

    def _receive(self, text: "Received") -> None:
        self._texts.append(text)
        if self.record:
            self.record.write(Handed(text.at, "sms", text.to, text.text, "", True))

    def _start(self) -> None:
        configuration = self.folder.path / "kannel.conf"
        configuration.write_text(self._configuration())
        self._run("bearerbox", configuration, self._admin_port, self._box_port, self._phone_port)
        self._run("smsbox", configuration, self.port)
        self.switch_phone_on()

    def _run(self, name: str, configuration: Path, *ports: int) -> None:
        with (self.folder.path / f"{name}.out").open("ab") as output:
            process = subprocess.Popen(
                [f"/usr/sbin/{name}", "-v", "4", str(configuration)],
                cwd=self.folder.path,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)

        def listens():
            assert process.poll() is None, f"{name} ended:\n{self.log()}"
            return all(accepts_connections(port) for port in ports)

        wait_until(listens, f"{name} listens")

    def _configuration(self) -> str:
        return f"""
group = core
admin-port = {self._admin_port}
admin-interface = 127.0.0.1
admin-password = drill
admin-allow-ip = 127.0.0.1
smsbox-port = {self._box_port}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
log-file = {self.folder.path}/bearerbox.log
log-level = 0

group = smsc
smsc = fake
smsc-id = phones
port = {self._phone_port}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {self._box_port}
sendsms-port = {self.port}
sendsms-interface = 127.0.0.1
log-file = {self.folder.path}/smsbox.log
log-level = 0
http-request-retry = 5
http-queue-delay = 1

group = sendsms-user
username = {KANNEL_USER}
password = {KANNEL_PASSWORD}
max-messages = 3
concatenation = true
user-allow-ip = 127.0.0.1

group = sms-service
keyword = default
max-messages = 0
text = none
"""


@dataclass(frozen=True)
class Received:
    """A text as a phone shows it."""

    at: float
    sender: str
    to: str
    # `text` for the GSM alphabet, `ucs-2` for Unicode.
    coding: str
    text: str


class Phone:
    """fakesmsc, which prints what all phones together receive."""

    # Our own texts have lines too; a message begins where a sender and a number stand.
    MESSAGE = re.compile(
        r"Got message \d+: <(?:(?P<sender>\S+) (?P<to>\+\d+) (?P<coding>text|ucs-2|data) )?"
        r"(?P<text>.*)>$"
    )
    # The lines of one message are printed together, and nothing says which one is the last. On a busy
    # machine they may lie apart.
    PAUSE_SECONDS = 5

    def __init__(self, port: int, receive: Callable[[Received], None]):
        self._receive = receive
        # It reads messages to send from its input and ends with it.
        self._process = subprocess.Popen(
            [Kannel.FAKESMSC, "-v", "0", "-H", "127.0.0.1", "-r", str(port), "-m", "0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._lines: list[tuple[float, re.Match]] = []
        self._lock = threading.Lock()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def close(self) -> None:
        # It listens to its input, and not to SIGTERM.
        self._process.kill()
        self._process.wait()
        self._reading.join(GUARD_SECONDS)
        assert not self._reading.is_alive(), "the phone is still being read"
        self._process.stdin.close()
        self._process.stdout.close()

    def _read(self) -> None:
        flush = None
        for line in self._process.stdout:
            found = self.MESSAGE.search(line.decode("utf-8", errors="replace").rstrip("\n"))
            if not found:
                continue
            if flush:
                flush.cancel()
            if found["to"]:
                self._flush()
            with self._lock:
                self._lines.append((time.time(), found))
            flush = threading.Timer(self.PAUSE_SECONDS, self._flush)
            flush.daemon = True
            flush.start()
        self._flush()

    def _flush(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, []
        if not lines or not lines[0][1]["to"]:
            return
        at, first = lines[0]
        text = "\n".join(found["text"] for _, found in lines)
        if first["coding"] == "ucs-2":
            text = unquote_to_bytes(text).decode("utf-16-be")
        self._receive(Received(at, first["sender"], first["to"], first["coding"], text))


# A gateway that answers as it is told to.


@dataclass
class Request:
    """One request as it arrived."""

    at: float
    method: str
    target: str
    headers: dict[str, str]
    fields: dict[str, str]
    line: int
    is_taken: bool = False
    # How much of the answer could be sent.
    sent: int = 0

    @property
    def number(self) -> str:
        return self.fields.get("to") or self.fields.get("number") or ""

    @property
    def text(self) -> str:
        return self.fields.get("text") or ""

    @property
    def key(self) -> str:
        """Kannel is told none."""
        return self.fields.get("key") or self.headers.get("idempotency-key") or ""

    @property
    def is_kannels(self) -> bool:
        return "username" in self.fields


@dataclass(frozen=True)
class Answer:
    """What is done with a request, and whether its message is on its way to the phone then."""

    takes: bool
    act: Callable[["_Line", Request], None]
    # A request that nobody reads is seen all the same.
    is_unread: bool = False


def says(status: int, body: str = "", takes: bool = False, **headers: str) -> Answer:
    """A status of its own; a header's name is written with _ for -."""

    def act(line, request):
        line.answer(request, status, body, **headers)

    return Answer(takes, act)


def _accept(line, request) -> None:
    if request.is_kannels:
        line.answer(request, 202, "0: Accepted for delivery")
    else:
        line.answer(request, 200, '{"status": "accepted"}', Content_Type="application/json")


def _hang(line, request) -> None:
    line.wait_for_farewell()


def _trickle(line, request) -> None:
    """One byte a second, for as long as somebody listens."""
    for byte in b"HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n0: Accepted for delivery":
        line.send(request, bytes([byte]))
        if line.has_farewell(within=1):
            return


def _talk_nonsense(line, request) -> None:
    line.send(request, b"\x00\xff\xfe\x80 no HTTP at all \r\n\r\n" * 20)
    line.close()


def _never_end_headers(line, request) -> None:
    status = b"202 Accepted" if request.is_kannels else b"200 OK"
    line.send(request, b"HTTP/1.1 " + status + b"\r\n")
    for number in itertools.count():
        if not line.send(request, b"X-Header-%d: %s\r\n" % (number, b"x" * 1000)):
            return


GIGABYTE = 1 << 30


def _send_gigabyte(line, request) -> None:
    status = b"202 Accepted" if request.is_kannels else b"200 OK"
    line.send(request, b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n\r\n" % GIGABYTE)
    for _ in range(GIGABYTE >> 16):
        if not line.send(request, b"x" * (1 << 16)):
            return


ACCEPTED = Answer(True, _accept)
# The same words, and nothing behind them: for the gateway that loses what it takes.
RESET_UNREAD = Answer(False, lambda line, request: line.reset(), is_unread=True)
RESET = Answer(False, lambda line, request: line.reset())
TAKEN_AND_RESET = Answer(True, lambda line, request: line.reset())
TAKEN_AND_CLOSED = Answer(True, lambda line, request: line.close())
TAKEN_AND_HUNG = Answer(True, _hang)
TRICKLE = Answer(True, _trickle)
NONSENSE = Answer(True, _talk_nonsense)
ENDLESS_HEADERS = Answer(True, _never_end_headers)
GIANT = Answer(True, _send_gigabyte)


def redirects(to: str) -> Answer:
    return says(302, Location=to)


class OddGateway:
    """Kannel's sendsms and a provider's JSON interface, with an answer for each request.

    `answer` says what the next requests for a number get, `answer_all` what everybody gets for whom
    nothing is planned. The hooks are called in the middle of a request: when it has arrived and
    nothing has come of it, and when its message is taken and nobody was told.
    """

    def __init__(self, record: Record | None = None, certificate: "Certificate | None" = None):
        self.record = record
        self.requests: list[Request] = []
        # Connections that were accepted, and those that spoke without encryption when they had to.
        self.lines = 0
        self.in_clear = 0
        self.on_arrival: Callable[[Request], None] = lambda request: None
        self.on_taken: Callable[[Request], None] = lambda request: None
        self._context = certificate.context() if certificate else None
        self._plans: dict[str, deque[Answer]] = defaultdict(deque)
        self._rule: Answer | Callable[[Request], Answer] = ACCEPTED
        self._lock = threading.Lock()
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    @property
    def url(self) -> str:
        scheme = "https" if self._context else "http"
        return f"{scheme}://localhost:{self.port}/cgi-bin/sendsms"

    @property
    def as_kannel(self) -> dict[str, str]:
        return {
            "BELEPO_SMS_KANNEL_URL": self.url,
            "BELEPO_SMS_KANNEL_USERNAME": KANNEL_USER,
            "BELEPO_SMS_KANNEL_PASSWORD": KANNEL_PASSWORD,
            "BELEPO_SMS_KANNEL_FROM": SENDER,
        }

    @property
    def as_provider(self) -> dict[str, str]:
        return {
            "BELEPO_SMS_HTTP_URL": self.url.replace("/cgi-bin/sendsms", "/v1/messages"),
            "BELEPO_SMS_HTTP_METHOD": "POST",
            "BELEPO_SMS_HTTP_FORMAT": "json",
            "BELEPO_SMS_HTTP_HEADERS": "Authorization: Bearer titok",
            "BELEPO_SMS_HTTP_BODY": '{"number": "{number}", "text": "{text}", "key": "{key}"}',
            "BELEPO_SMS_HTTP_SUCCESS": "status=accepted",
        }

    def answer(self, number: str, *answers: Answer) -> None:
        with self._lock:
            self._plans[number].extend(answers)

    def answer_all(self, rule: Answer | Callable[[Request], Answer]) -> None:
        with self._lock:
            self._rule = rule

    def asked(self, number: str | None = None) -> list[Request]:
        """The requests, in the order of their arrival."""
        with self._lock:
            return [each for each in self.requests if number in (None, each.number)]

    def taken(self, number: str | None = None) -> list[Request]:
        return [each for each in self.asked(number) if each.is_taken]

    @property
    def open_lines(self) -> int:
        return len(self._listener.connections())

    def caught(self) -> list[dict]:
        """What is on its way to phones, for the customers of client.py."""
        return [caught(each.at, each.number, each.text) for each in self.taken()]

    def start(self) -> None:
        """Listens again, on the same port."""
        self._listener.start()

    def stop(self) -> None:
        """Connections are refused from now on."""
        self._listener.stop(resets=True)

    def close(self) -> None:
        self._listener.close(resets=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # What a line asks.

    def planned(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            if plan := self._plans.get(request.number):
                return plan.popleft()
            return self._rule if isinstance(self._rule, Answer) else self._rule(request)

    def settle(self, request: Request, answer: Answer) -> None:
        """The moment in which the gateway takes a message, or does not."""
        self.on_arrival(request)
        request.is_taken = answer.takes
        if self.record:
            self.record.write(
                Handed(
                    request.at, "sms", request.number, request.text, request.key, request.is_taken
                )
            )
        if answer.takes:
            self.on_taken(request)

    def count_in_clear(self) -> None:
        with self._lock:
            self.in_clear += 1

    def _serve(self, connection: Connection) -> None:
        with self._lock:
            self.lines += 1
            number = self.lines
        _Line(self, connection, self._context, number).serve()


class _Line:
    """One connection to the gateway."""

    # Little is on its way, so that what was sent is about what was read.
    BUFFER = 32 * 1024

    def __init__(self, gateway: OddGateway, connection: Connection, context, number: int):
        self._gateway = gateway
        self._connection = connection
        self._context = context
        self._number = number
        self._rest = b""
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.BUFFER)

    def serve(self) -> None:
        # What is no request is not answered.
        with contextlib.suppress(ValueError):
            if self._context:
                if self._connection.socket.recv(1, socket.MSG_PEEK) not in (b"", b"\x16"):
                    self._gateway.count_in_clear()
                self._connection.encrypt(self._context)
            while not self._connection.is_shut and (request := self._next_request()):
                answer = self._gateway.planned(request)
                if not answer.is_unread:
                    self._consume(request)
                self._gateway.settle(request, answer)
                answer.act(self, request)

    # What an answer does.

    def answer(self, request: Request, status: int, body: str, **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} So it is", f"Content-Length: {len(body.encode())}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send(request, ("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def send(self, request: Request, data: bytes) -> bool:
        """Whether there was somebody to send it to."""
        try:
            self._connection.socket.sendall(data)
        except OSError:
            return False
        request.sent += len(data)
        return True

    def wait_for_farewell(self) -> None:
        self._connection.socket.settimeout(None)
        with contextlib.suppress(OSError):
            self._connection.socket.recv(1)

    def has_farewell(self, within: float) -> bool:
        self._connection.socket.settimeout(within)
        try:
            return not self._connection.socket.recv(1)
        except TimeoutError:
            return False
        except OSError:
            return True

    def reset(self) -> None:
        self._connection.reset()

    def close(self) -> None:
        self._connection.close()

    # Reading. A request is looked at before it is read: some are never read.

    def _next_request(self) -> Request | None:
        line = self._connection.socket
        is_encrypted = isinstance(line, ssl.SSLSocket)
        while True:
            head, separator, body = self._rest.partition(b"\r\n\r\n")
            if separator and len(body) >= (length := _content_length(head)):
                self._length = len(head) + len(separator) + length
                return _parsed(head, body[:length], self._number)
            if is_encrypted:
                data = line.recv(65536)
            else:
                data = line.recv(1 << 20, socket.MSG_PEEK)
            if not data or self._connection.is_shut:
                return None
            if is_encrypted:
                self._rest += data
            elif data == self._rest:
                # The rest is still on its way.
                time.sleep(0.001)
            else:
                self._rest = data

    def _consume(self, request: Request) -> None:
        if isinstance(self._connection.socket, ssl.SSLSocket):
            self._rest = self._rest[self._length :]
            return
        left = self._length
        while left:
            left -= len(self._connection.socket.recv(left))
        self._rest = b""


def _content_length(head: bytes) -> int:
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


def _parsed(head: bytes, body: bytes, line: int) -> Request:
    start, *rest = head.decode("latin-1").split("\r\n")
    method, target, _ = start.split(" ")
    headers = {name.lower(): value.strip() for name, value in (each.split(":", 1) for each in rest)}
    fields = _only(parse_qs(urlsplit(target).query, keep_blank_values=True))
    if "json" in headers.get("content-type", ""):
        fields |= json.loads(body)
    elif body:
        fields |= _only(parse_qs(body.decode(), keep_blank_values=True))
    return Request(time.time(), method, target, headers, fields, line)


def _only(values: dict[str, list[str]]) -> dict[str, str]:
    return {name: several[-1] for name, several in values.items()}
