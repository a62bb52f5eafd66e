"""Measures how messages leave the house: how soon, how many a second, beside a long queue, and in
how much memory.

The gateway here answers at once, so that all that is measured is ours. It is a process of its own,
and its CPU time is told: it takes its share of the same cores.
"""

import asyncio
import base64
import contextlib
import multiprocessing
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from customers import Customer, expect
from engines import Postgres, psql
from installation import import_register
from portal_client import Browser
from processes import Server, cpu_seconds, free_port
from report import Figures

# Registrations that are not counted: the first ones open connections and prepare statements.
WARM_UP = 5
# Codes one after the other on a machine that does nothing else.
ALONE = 50
# The same beside a long queue.
BESIDE = 20
LONG_QUEUE = 100_000
# A longer one is emptied: some of it by the default settings, the rest by many connections.
LONGER_QUEUE = 125_000
AT_TWENTY = 20_000
MEMORY_AFTER = (5_000, 50_000, 100_000)
# Between two codes, so that the work on one is over when the next comes.
PAUSE = 0.05
# Of an hour's life, and postponed for half of it: the queue stays as it is while it is measured.
LIFE_MS = 3_600_000
LATER_MS = 1_800_000
LIMIT_SECONDS = 30
# Who sends so slowly that a queue is not empty by then has missed its figure anyway.
SENDING_SECONDS = 90


def bench_alone(postgres_url=None):
    """How soon a code leaves on a machine that does nothing else."""
    with at_work(postgres_url) as (queue, gateway, _):
        figures = Figures()
        add_alone(figures, queue, gateway)
        figures.print()


def bench_queues(postgres_url=None):
    """The same beside long queues, and how fast one is emptied.

    Answers with the medians of what a code has to wait.
    """
    with at_work(postgres_url) as (queue, gateway, database):
        figures = Figures()
        found = {"alone": add_alone(figures, queue, gateway)}
        for what, *waiting in (
            ("due notices", NOTICE),
            ("postponed codes", CODE, LATER_MS),
            ("due e-mails, relay down", LETTER),
        ):
            beside = codes_to_gateway_ms(queue, gateway, BESIDE, waiting)
            name = f"beside {LONG_QUEUE} {what}"
            found[what] = statistics.median(beside)
            figures.add(f"{name}: median", found[what], "ms", at_most=200)
            figures.add(f"{name}: worst of {BESIDE}", max(beside), "ms", at_most=200)
        queue.renew()
        queue.put(LONGER_QUEUE, CODE)
        queue.settle()
        add_sending(figures, queue, gateway, database, AT_TWENTY, 20)
        rest = queue.states()["queued"]
        add_sending(figures, queue, gateway, database, rest, 100, MEMORY_AFTER)
        figures.print()
        return found


@contextlib.contextmanager
def at_work(postgres_url):
    with tempfile.TemporaryDirectory(prefix="belepo-bench-") as folder:
        database = Postgres(postgres_url) if postgres_url else None
        queue = (
            PostgresQueue(Path(folder), postgres_url) if database else EmbeddedQueue(Path(folder))
        )
        gateway = InstantGateway()
        try:
            yield queue, gateway, database
        finally:
            gateway.stop()
            queue.forget()
            if database:
                database.drop()


def add_alone(figures, queue, gateway):
    alone = codes_to_gateway_ms(queue, gateway, ALONE)
    name = "from click through commit to gateway, alone"
    figures.add(f"{name}: median", statistics.median(alone), "ms", at_most=50)
    figures.add(f"{name}: worst of {ALONE}", max(alone), "ms")
    return statistics.median(alone)


def codes_to_gateway_ms(queue, gateway, count, waiting=None):
    """How long the codes of so many registrations took, one after the other.

    Counted from the click: the decision and the commit come after it, so that this is more than what
    is promised. A row's own time is the database's, and two clocks never go quite alike.
    """
    queue.renew()
    if waiting:
        queue.put(LONG_QUEUE, *waiting)
    gateway.forget()
    server = Server(environment(queue, gateway), "serve")
    try:
        browser = Browser(server.port)
        taken = []
        for number in range(WARM_UP + count):
            clicked = ask_for_code(browser, number)
            wait_until(lambda: gateway.arrival(Customer(number).phone), "a code arrives")
            taken.append(1000 * (gateway.arrival(Customer(number).phone) - clicked))
            time.sleep(PAUSE)
        browser.close()
    finally:
        server.stop()
    if waiting:
        left = queue.states().get("queued", 0)
        assert left > LONG_QUEUE / 2, f"the long queue has become short: {left}"
    return taken[WARM_UP:]


def add_sending(figures, queue, gateway, database, count, concurrency, marks=()):
    """A dispatcher in a process of its own sends so many of what waits, and is stopped.

    It may have sent a few more by then, or fewer when its time is over; what it has sent counts.
    """
    gateway.forget()
    sent_before = queue.states().get("sent", 0)
    spent_before = gateway.cpu_seconds(), database.cpu_seconds() if database else 0
    settings = environment(queue, gateway) | {"BELEPO_SMS_CONCURRENCY": str(concurrency)}
    dispatcher = Server(settings, "dispatch")
    memory = {}
    end = time.monotonic() + SENDING_SECONDS
    try:
        for mark in (*marks, count):
            while gateway.count < mark and time.monotonic() < end:
                time.sleep(0.005)
            if mark in marks and gateway.count >= mark:
                memory[mark] = dispatcher.memory_mb()
        spent = {"the dispatcher": dispatcher.cpu_seconds()}
    finally:
        # It records what is in the gateway's hands before it ends.
        dispatcher.stop()
    spent["the gateway"] = gateway.cpu_seconds() - spent_before[0]
    if database:
        spent["the database"] = database.cpu_seconds() - spent_before[1]
    arrived, numbers = gateway.count, gateway.numbers()
    first, last = gateway.span()
    name = f"{concurrency} at a time"
    figures.add(f"SMS a second, {name}", (arrived - 1) / (last - first), "", at_least=500)
    for who, seconds in spent.items():
        figures.add(f"CPU of one, {name}: {who}", 1000 * seconds / arrived, "ms")
    states = queue.states()
    sent = states.get("sent", 0)
    figures.add(f"of {arrived} sent, arrived twice", arrived - numbers, "", at_most=0)
    figures.add("arrived and not recorded", abs(numbers - (sent - sent_before)), "", at_most=0)
    # Nothing may have failed, and nothing be left in the hands of who is gone.
    other = LONGER_QUEUE - sent - states.get("queued", 0)
    figures.add("neither sent nor waiting", other, "", at_most=0)
    for mark, megabytes in memory.items():
        figures.add(f"memory after {mark} messages", megabytes, "MB")
    if memory:
        # A page cache fills, 2 MB for each connection; a list of all messages would be far more.
        growth = memory[max(memory)] - memory[min(memory)]
        figures.add(f"growth from {min(memory)} to {max(memory)}", growth, "MB", at_most=8)


def environment(queue, gateway):
    """What an insurer sets; the mail relay is a port on which nobody listens."""
    port = free_port()
    return {
        "PATH": os.environ["PATH"],
        "BELEPO_DATABASE_URL": queue.url,
        "BELEPO_SECRETS_KEY": base64.b64encode(os.urandom(32)).decode(),
        "BELEPO_HTTP_PORT": str(port),
        "BELEPO_HTTP_PUBLIC_URL": f"http://localhost:{port}",
        "BELEPO_HTTP_DRAIN": "0s",
        "BELEPO_MANAGEMENT_PORT": str(free_port()),
        "BELEPO_SMS_GATEWAY": "kannel",
        "BELEPO_SMS_KANNEL_URL": f"http://127.0.0.1:{gateway.port}/cgi-bin/sendsms",
        "BELEPO_SMS_KANNEL_USERNAME": "belepo",
        "BELEPO_SMS_KANNEL_PASSWORD": "titok",
        "BELEPO_MAIL_FROM": "portal@pelda.example",
        "BELEPO_MAIL_SMTP_PORT": str(free_port()),
        "BELEPO_MAIL_SMTP_SECURITY": "none",
    }


def ask_for_code(browser, number):
    """A registration up to the page that asks for the code.

    Answers with the moment of the click that asks for it.
    """
    customer = Customer(number)
    browser.cookies.clear()
    browser.get("/regisztracio")
    clicked = time.time()
    sent = browser.post(
        "/regisztracio",
        kind="customer",
        customerNumber=customer.customer_number,
        mobilePrefix="30",
        mobileNumber=customer.mobile,
    )
    expect(sent, "/regisztracio/telefonszam")
    return clicked


def wait_until(is_so, what):
    end = time.monotonic() + LIMIT_SECONDS
    while not is_so():
        assert time.monotonic() < end, f"not within {LIMIT_SECONDS} s: {what}"
        time.sleep(0.005)


# The gateway.


class InstantGateway:
    """Kannel's sendsms, as far as it takes to say that a message is accepted.

    It reads nothing of a request but its first line, and remembers whom it was for and when it came.
    """

    def __init__(self):
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = listener.getsockname()[1]
        self._count = multiprocessing.RawValue("q", 0)
        self._questions, questions = multiprocessing.Pipe()
        self._process = multiprocessing.Process(
            target=accept_messages, args=(listener, questions, self._count), daemon=True
        )
        self._process.start()
        listener.close()

    @property
    def count(self):
        """Requests so far; it costs the gateway nothing to be asked."""
        return self._count.value

    def arrival(self, number):
        """When the first message for a number came, if it came."""
        return self._ask("arrival", number)

    def numbers(self):
        return self._ask("numbers")

    def span(self):
        """When the first message came, and when the last."""
        return self._ask("span")

    def forget(self):
        self._ask("forget")

    def cpu_seconds(self):
        return cpu_seconds(self._process.pid)

    def stop(self):
        self._process.terminate()
        self._process.join(10)

    def _ask(self, *question):
        self._questions.send(question)
        return self._questions.recv()


def accept_messages(listener, questions, count):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    arrivals = Arrivals(count)

    def answer():
        what, *values = questions.recv()
        questions.send(getattr(arrivals, what)(*values))

    async def serve():
        loop = asyncio.get_running_loop()
        loop.add_reader(questions.fileno(), answer)
        server = await loop.create_server(lambda: Line(arrivals), sock=listener)
        await server.serve_forever()

    asyncio.run(serve())


class Arrivals:
    """What the gateway remembers; each of its words can be asked for."""

    def __init__(self, count):
        self._count = count
        self.forget()

    def note(self, number):
        self._last = now = time.time()
        self._first_of.setdefault(number, now)
        self._count.value += 1

    def forget(self):
        self._count.value = 0
        self._first_of = {}
        self._last = None

    def arrival(self, number):
        return self._first_of.get(number.removeprefix("+").encode())

    def numbers(self):
        return len(self._first_of)

    def span(self):
        return next(iter(self._first_of.values())), self._last


class Line(asyncio.Protocol):
    """One connection. A request has no body, and ends where its head ends."""

    ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n0: Accepted for delivery"

    def __init__(self, arrivals):
        self._arrivals = arrivals
        self._rest = b""

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        data = self._rest + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            start = data.index(b"&to=%2B") + len(b"&to=%2B")
            self._arrivals.note(data[start : data.index(b"&", start)])
            self._transport.write(Line.ACCEPTED)
            data = data[end + 4 :]
        self._rest = data


# The queue.


class Kind:
    def __init__(self, name, channel, priority, body):
        self.name = name
        self.channel = channel
        self.priority = priority
        self.body = body

    @property
    def recipient(self):
        """In SQL; not one of the customers who register here."""
        if self.channel == "sms":
            return "'+3620' || (1000000 + i)"
        return "'u' || i || '@pelda.example'"


CODE = Kind(
    "sms_code",
    "sms",
    0,
    "Pelda Biztosito: az On kodja K12345. Utolso 5 jegyet irja be, 10 percig el. Ne adja ki!\n\n"
    "@localhost #12345",
)
NOTICE = Kind(
    "registered",
    "sms",
    2,
    "Pelda Biztosito: elkeszult az ugyfelportal-regisztracioja. Ha nem On volt, hivjon minket:"
    " +3612345678",
)
LETTER = Kind("contract", "email", 2, "A szerződés szövege.\n" * 50)


class Queue:
    """An installation's messages, put there and read by hand while no program is at work."""

    # Those who register here.
    customers = WARM_UP + max(ALONE, BESIDE)

    def put(self, count, kind, later_ms=0):
        """So many messages in one transaction, each to somebody else."""
        now = int(time.time() * 1000)
        self.do(
            f"""
            INSERT INTO message
              (key, kind, channel, recipient, language, subject, body, customer_number, priority,
               state, created_at, not_after, next_try_at, tries)
            SELECT '{kind.name}/bench/' || i, '{kind.name}', '{kind.channel}', {kind.recipient},
              'hu', '', '{kind.body}', '' || (6000000 + i), {kind.priority},
              'queued', {now}, {now + LIFE_MS}, {now + later_ms}, 0
            FROM ({self.numbers.format(count=count)}) AS numbers
            """
        )

    def states(self):
        return dict(self.rows("SELECT state, count(*) FROM message GROUP BY state"))


class EmbeddedQueue(Queue):
    numbers = (
        "WITH RECURSIVE some(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM some WHERE i < {count})"
        " SELECT i FROM some"
    )

    def __init__(self, folder):
        self._template = folder / "template.sqlite"
        self._file = folder / "messages.sqlite"
        self.url = f"sqlite:{self._file}"
        import_register(
            folder,
            {"PATH": os.environ["PATH"], "BELEPO_DATABASE_URL": f"sqlite:{self._template}"},
            self.customers,
        )

    def renew(self):
        self.forget()
        shutil.copyfile(self._template, self._file)

    def forget(self):
        for end in ("", "-wal", "-shm"):
            Path(f"{self._file}{end}").unlink(missing_ok=True)

    def settle(self):
        """Nothing looks after an embedded database."""

    def do(self, statement):
        with contextlib.closing(sqlite3.connect(self._file)) as database, database:
            database.execute(statement)

    def rows(self, select):
        with contextlib.closing(sqlite3.connect(self._file)) as database:
            return database.execute(select).fetchall()


class PostgresQueue(Queue):
    numbers = "SELECT generate_series(1, {count}) AS i"

    def __init__(self, folder, url):
        self._server = url
        self._template = "bench_template"
        self._name = "bench_messages"
        self.url = self._address(self._name)
        self._order(f"CREATE DATABASE {self._template}")
        import_register(
            folder,
            {"PATH": os.environ["PATH"], "BELEPO_DATABASE_URL": self._address(self._template)},
            self.customers,
        )

    def renew(self):
        self._order(f"DROP DATABASE IF EXISTS {self._name}")
        self._order(f"CREATE DATABASE {self._name} TEMPLATE {self._template}")

    def forget(self):
        self._order(f"DROP DATABASE IF EXISTS {self._name}")
        self._order(f"DROP DATABASE IF EXISTS {self._template}")

    def settle(self):
        """What the server does by itself within a minute of a great change, and then at any time."""
        self.do("ANALYZE message")

    def do(self, statement):
        psql(self.url, statement)

    def rows(self, select):
        lines = psql(self.url, select).splitlines()
        return [(word, int(number)) for word, number in (line.split("|") for line in lines)]

    def _address(self, name):
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))

    def _order(self, statement):
        psql(self._server, statement)
