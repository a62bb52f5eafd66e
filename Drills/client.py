"""Customers who walk the registration over plain HTTP, as browsers without scripts do.

A tolerant one repeats a step that brought 503 or no answer, with the same form and the same token,
until it ends in one result: that is what the pages tell people to do. One that is told to come again
long after the drill is over does not: that is a result, too.
"""

import html
import http.client
import itertools
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from browser import Cookies, hidden_fields
from ledger import CODE_ACCEPTED, EMAIL_CONFIRMED, LOGGED_OUT, MISTYPED, REGISTERED, Ledger
from waiting import wait_until

PASSWORD = "Zoldalma73Korte"
PREFIX = re.compile(r"data-code-prefix[^>]*>\s*(\w)\s*<")
SMS_CODE = re.compile(r"(?<![\w#])(\d{6})(?!\w)")
EMAIL_CODE = re.compile(r"\n\n([A-Z0-9]{6})\n\n")

# Only what hangs takes so long.
ANSWER_SECONDS = 90
STEP_SECONDS = 300
# A code that has not come by then was lost with a killed instance; a new one is asked for. Whoever has
# asked waits twice as long the next time, up to the longest: on a busy machine the new code takes the
# place of one that is only late.
CODE_SECONDS = 2.5
LONGEST_CODE_SECONDS = 10
# A server or a proxy may give up a connection that nobody uses. No browser sends a form through one that
# it has left alone for long; the shortest patience of docs/proxy is three times as long.
KEPT_SECONDS = 5

Address = tuple[str, int]


class Broken(AssertionError):
    """A journey did not go on as it must."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str
    location: str
    cookies: list[str]

    def hidden(self) -> dict[str, str]:
        return hidden_fields(self.body)

    @property
    def is_final(self) -> bool:
        return self.status != 503

    @property
    def retry_after(self) -> int | None:
        told = self.headers.get("retry-after", "")
        return int(told) if told.isdecimal() else None


@dataclass
class Said:
    """One request and what came of it, for stories that judge every answer."""

    method: str
    path: str
    status: int | None
    seconds: float
    problem: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        outcome = self.status if self.status else self.problem
        return f"{self.method} {self.path}: {outcome} after {self.seconds:.2f} s"


class Browser:
    """Cookies, forms, kept connections; each request goes where `choose` says."""

    def __init__(self, choose: Callable[[], Address], source: str | None = None):
        self.choose = choose
        self.source = source
        self.cookies = Cookies()
        self.page: Answer | None = None
        self.said: list[Said] = []
        # With the time at which each was used last.
        self._connections: dict[Address, tuple[http.client.HTTPConnection, float]] = {}

    def get(self, path: str, **headers: str) -> Answer:
        answer = self.exchange("GET", path, None, headers)
        if answer.is_final:
            self.page = answer
        return answer

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        answer = self.exchange("POST", path, encoded(fields), headers)
        if answer.status not in (303, 503):
            self.page = answer
        return answer

    def exchange(self, method, path, body, headers) -> Answer:
        """Raises OSError or HTTPException when there is no whole answer."""
        address = self.choose()
        start = time.monotonic()
        said = Said(method, path, None, 0)
        self.said.append(said)
        connection = self._kept(address) or self._connect(address)
        try:
            connection.request(method, path, body, self._headers(body) | headers)
            received = connection.getresponse()
            answer = Answer(
                received.status,
                {name.lower(): value for name, value in received.getheaders()},
                "",
                received.getheader("Location") or "",
                received.headers.get_all("Set-Cookie") or [],
            )
            said.status, said.headers = answer.status, answer.headers
            self.on_first_bytes(method, path, answer)
            answer.body = received.read().decode("utf-8", errors="replace")
        except (OSError, http.client.HTTPException) as problem:
            connection.close()
            said.problem = f"{type(problem).__name__}: {problem}"
            said.status = None
            raise
        finally:
            said.seconds = time.monotonic() - start
        for cookie in answer.cookies:
            self.cookies.keep(cookie)
        if received.will_close:
            connection.close()
        else:
            self._connections[address] = (connection, time.monotonic())
        return answer

    def on_first_bytes(self, method: str, path: str, answer: Answer) -> None:
        """The status and the way on are here; what they say is promised from now on."""

    def close(self) -> None:
        for connection, _ in self._connections.values():
            connection.close()
        self._connections = {}

    def _kept(self, address: Address) -> http.client.HTTPConnection | None:
        connection, used = self._connections.pop(address, (None, 0.0))
        if connection and time.monotonic() - used > KEPT_SECONDS:
            connection.close()
            return None
        return connection

    def _connect(self, address: Address) -> http.client.HTTPConnection:
        source = (self.source, 0) if self.source else None
        return http.client.HTTPConnection(*address, timeout=ANSWER_SECONDS, source_address=source)

    def _headers(self, body) -> dict[str, str]:
        headers = {"Accept": "text/html"}
        if self.cookies:
            headers["Cookie"] = self.cookies.header
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Sec-Fetch-Site"] = "same-origin"
        return headers


def encoded(fields: dict[str, str]) -> str:
    return "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())


class Mailbox:
    """Everybody's phone and letters, wherever they are caught: in instances that send nothing out,
    or in a gateway and a relay."""

    def __init__(self, *sources):
        self.sources = sources

    def newest_code(self, to: str, prefix: str, pattern: re.Pattern) -> str | None:
        """The newest code to somebody that begins as the page says."""
        messages = [message for each in self.sources for message in each.caught()]
        for message in sorted(messages, key=lambda each: each["createdAt"], reverse=True):
            if message["to"] == to:
                for code in pattern.findall(message["text"]):
                    if code.startswith(prefix):
                        return code
        return None

    def next_code(self, to: str, prefix: str, pattern: re.Pattern) -> str:
        """The same, once the letter has come: it leaves after the page."""
        codes = []
        wait_until(
            lambda: codes.append(self.newest_code(to, prefix, pattern)) or codes[-1],
            f"a code to {to} that begins with {prefix!r}",
        )
        return codes[-1]


class Customer(Browser):
    """One customer of the drill's register, by their place in it."""

    def __init__(
        self,
        place: int,
        choose: Callable[[], Address],
        mailbox: Mailbox,
        ledger: Ledger,
        is_tolerant: bool = True,
        email: str | None = None,
        code_seconds: float = CODE_SECONDS,
    ):
        super().__init__(choose)
        self.number = str(5000000 + place)
        self.line = str(2000000 + place)
        self.email = email or f"ugyfel{place}@pelda.example"
        self.mailbox = mailbox
        self.ledger = ledger
        self.is_tolerant = is_tolerant
        # Where no code can be lost, whoever asks again only shows how busy the machine is.
        self.code_seconds = code_seconds
        self.deadline = STEP_SECONDS

    # The whole way, and its steps.

    def become_a_user(self) -> None:
        self.go_to_password()
        self.choose_password()
        self.log_in()
        self.confirm_email()
        self.open("/fiok")
        self.close()

    def go_to_password(self) -> None:
        self.go_to_code()
        self.enter_sms_code()
        self.give_email()

    def go_to_code(self) -> None:
        for path in ("/", "/ugyfelportal", "/regisztracio"):
            self.open(path)
        self.send(
            "/regisztracio",
            {
                "kind": "customer",
                "customerNumber": self.number,
                "mobilePrefix": "30",
                "mobileNumber": self.line,
            },
            "/regisztracio/telefonszam",
        )
        self.open("/regisztracio/telefonszam")

    def mistype_sms_code(self) -> None:
        path = "/regisztracio/telefonszam"
        code = self.sms_code()
        form = self.page.hidden() | {"code": code[1:-1] + ("3" if code[-1] == "2" else "2")}
        self._repeat(lambda: self.post(path, form), (422,))
        self.ledger.write(MISTYPED, self.number)

    def enter_sms_code(self) -> None:
        code = self.sms_code()
        self.send("/regisztracio/telefonszam", {"code": code[1:]}, "/regisztracio/email")
        self.open("/regisztracio/email")

    def give_email(self) -> None:
        answers = {"marketing": "no", "dataProcessing": "yes", "contract": "yes", "notice": "yes"}
        self.send("/regisztracio/email", {"email": self.email} | answers, "/regisztracio/jelszo")
        self.open("/regisztracio/jelszo")

    def choose_password(self) -> None:
        twice = {"password": PASSWORD, "passwordAgain": PASSWORD}
        self.send("/regisztracio/jelszo", twice, "/regisztracio/sikeres")
        self.open("/regisztracio/sikeres")

    def log_in(self) -> None:
        self.open("/bejelentkezes")
        fields = {"username": self.email, "password": PASSWORD}
        self.send("/bejelentkezes", fields, "/megerosites")
        self.open("/megerosites")

    def confirm_email(self) -> None:
        code = self.email_code()
        self.send("/megerosites", {"code": code[1:]}, "/fiok?uzenet=megerositve")

    def log_out(self) -> None:
        self.open("/fiok")
        self.send("/kijelentkezes", {}, "/bejelentkezes?uzenet=kijelentkezett")

    def must_be_turned_away(self, cookies: dict[str, str]) -> None:
        """With those of a session that has ended."""
        self.cookies.update(cookies)
        self._repeat(lambda: self.get("/fiok"), (303,))

    # Codes.

    def sms_code(self) -> str:
        path = "/regisztracio/telefonszam"
        return self._code(f"+3630{self.line}", SMS_CODE, path)

    def email_code(self) -> str:
        return self._code(self.email, EMAIL_CODE, "/megerosites")

    def _code(self, to: str, pattern: re.Pattern, path: str) -> str:
        end = time.monotonic() + self.deadline
        seconds = self.code_seconds
        while True:
            prefix = PREFIX.search(self.page.body)
            if not prefix:
                raise Broken(f"no code is asked for at {path}: {self.page.status}")
            patience = time.monotonic() + seconds
            seconds = max(seconds, min(2 * seconds, LONGEST_CODE_SECONDS))
            while time.monotonic() < patience:
                if code := self.mailbox.newest_code(to, prefix.group(1), pattern):
                    return code
                time.sleep(0.03)
            if time.monotonic() > end:
                raise Broken(f"no code to {to} in {self.deadline} s")
            # Too soon is 422; the page in hand says all the same which code is the right one.
            self._repeat(lambda: self.post(f"{path}/uj-kod", self.page.hidden()), (303, 422))
            self.open(path)

    # Hands.

    def before_post(self) -> None:
        """A story may break something here, once for each form."""

    def open(self, path: str) -> Answer:
        return self._repeat(lambda: self.get(path), (200,))

    def send(self, path: str, fields: dict[str, str], expected: str) -> Answer:
        """Posts the form of the page in hand, again and again the same one."""
        form = self.page.hidden() | fields
        self.before_post()
        answer = self._repeat(lambda: self.post(path, form), (303,))
        if answer.location != expected:
            raise Broken(f"POST {path} led to {answer.location} instead of {expected}")
        return answer

    def _repeat(self, act: Callable[[], Answer], expected: tuple[int, ...]) -> Answer:
        end = time.monotonic() + self.deadline
        while True:
            try:
                answer = act()
            except (OSError, http.client.HTTPException):
                problem = str(self.said[-1])
            else:
                if answer.status in expected:
                    return answer
                problem = f"{self.said[-1]} {answer.location}; {words(answer.body)}"
                if answer.is_final:
                    raise Broken(problem)
                if answer.retry_after is None:
                    raise Broken(f"no Retry-After: {problem}")
                if answer.retry_after > self.deadline:
                    raise Broken(f"not before {answer.retry_after} s: {problem}")
            if not self.is_tolerant:
                raise Broken(problem)
            if time.monotonic() > end:
                raise Broken(f"{self.deadline} s without a result: {problem}")
            time.sleep(0.1)

    def on_first_bytes(self, method: str, path: str, answer: Answer) -> None:
        if method != "POST" or answer.status != 303:
            return
        if path == "/regisztracio/telefonszam" and answer.location == "/regisztracio/email":
            self.ledger.write(CODE_ACCEPTED, self.number)
        elif path == "/regisztracio/jelszo" and answer.location == "/regisztracio/sikeres":
            self.ledger.write(REGISTERED, self.number, self.email)
        elif path == "/megerosites" and answer.location == "/fiok?uzenet=megerositve":
            self.ledger.write(EMAIL_CONFIRMED, self.number, self.email)
        elif path == "/kijelentkezes":
            self.ledger.write(LOGGED_OUT, self.number)


def words(page: str) -> str:
    """What a page says, shortened, for the sentence about a broken journey.

    What stands in front of the portal has pages of its own, without our <main>.
    """
    main = re.search(r"<main\b.*?(?=</main>|\Z)", page, re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", main.group() if main else page)
    return " ".join(html.unescape(text).split())[:300]


def alternating(*addresses: Address) -> Callable[[], Address]:
    """Every request to the next one."""
    turn = itertools.cycle(addresses)
    return lambda: next(turn)


class Load:
    """A few customers at a time, one after the other, until it is told to stop.

    Each goes the whole way, or another one that is told; `pause` is what is between one customer and
    the next, so that a long story has no more of them than a short one.
    """

    def __init__(
        self,
        new_customer: Callable[[], Customer],
        clients: int,
        walk: Callable[[Customer], None] = Customer.become_a_user,
        pause: float = 0,
    ):
        self.broken: list[str] = []
        self.said: list[Said] = []
        self.finished = 0
        self._new_customer = new_customer
        self._walk = walk
        self._pause = pause
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]

    def stop(self) -> None:
        """No new customers; who is on the way arrives."""
        self._stop.set()
        end = time.monotonic() + 2 * STEP_SECONDS
        for thread in self._threads:
            thread.join(max(0, end - time.monotonic()))
        assert not any(thread.is_alive() for thread in self._threads), "customers did not arrive"

    def refusals(self) -> list[Said]:
        """Requests that brought 503, another fault of the server, or nothing."""
        with self._lock:
            return [each for each in self.said if each.problem or (each.status or 0) >= 500]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def _run(self) -> None:
        while not self._stop.is_set():
            customer = self._new_customer()
            # What is said is seen while the customer is still on the way.
            customer.said = _Shared(self.said, self._lock)
            try:
                self._walk(customer)
                with self._lock:
                    self.finished += 1
            except Exception as problem:
                with self._lock:
                    self.broken.append(f"customer {customer.number}: {problem!r}")
            finally:
                customer.close()
            self._stop.wait(self._pause)


class _Shared(list):
    """A customer's own record, which also goes into the record of all."""

    def __init__(self, everybodys: list, lock: threading.Lock):
        super().__init__()
        self._everybodys = everybodys
        self._lock = lock

    def append(self, said: Said) -> None:
        super().append(said)
        with self._lock:
            self._everybodys.append(said)


def at_once(requests: list[tuple[Address, bytes]]) -> list[bytes]:
    """Sends all requests but for their last byte, then the last bytes together.

    So that they arrive within a fraction of a millisecond, whatever their connections cost.
    """
    connections = []
    try:
        for address, request in requests:
            connection = socket.create_connection(address, timeout=ANSWER_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connections.append(connection)
            connection.sendall(request[:-1])
        for connection, (_, request) in zip(connections, requests):
            connection.sendall(request[-1:])
        return [
            b"".join(iter(lambda each=connection: each.recv(65536), b""))
            for connection in connections
        ]
    finally:
        for connection in connections:
            connection.close()


def raw_post(path: str, fields: dict[str, str], cookies: str) -> bytes:
    body = encoded(fields).encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookies}\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
