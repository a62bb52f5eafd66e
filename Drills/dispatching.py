"""A message's way out of the house: the queue, the dispatchers on it, and what they hand over to.

Messages are put into the queue by hand: a drill of dispatchers needs many, and no customers.
"""

import contextlib
import inspect
import itertools
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from authority import Authority
from ledger import postgres_rows, sqlite_rows
from mail_relays import OddRelay
from parts import (
    Folder,
    Instance,
    Postgres,
    built_library,
    import_customers,
    postgres_url,
)
from post import ENDS, Record, broken_promises
from sms_gateways import OddGateway
from waiting import GUARD_SECONDS, wait_until

MAIL_FROM = "portal@pelda.example"
# An answer that does not come is given up soon by a dispatcher in haste, where a story waits for that;
# a good answer after it has to be heard in time all the same. All others are as patient as they can be
# told to be, so that a busy machine is not taken for a gateway that says nothing.
TIMEOUT_SECONDS = 15
PATIENT = {"BELEPO_MAIL_SMTP_TIMEOUT": "50s", "BELEPO_SMS_TIMEOUT": "20s"}
HASTY = {
    "BELEPO_MAIL_SMTP_TIMEOUT": f"{TIMEOUT_SECONDS}s",
    "BELEPO_SMS_TIMEOUT": f"{TIMEOUT_SECONDS}s",
}
LEASE_SECONDS = 60
# Between two looks at the queue. A look at PostgreSQL is a process, and dozens of stories look.
LOOK_SECONDS = 0.5
# The longest pause but one between two tries of a letter, and a busy machine: only what hangs takes so long.
ENDED_SECONDS = 375 + GUARD_SECONDS
# A lease that ran out, and another try.
TAKEN_OVER_SECONDS = LEASE_SECONDS + ENDED_SECONDS

_numbers = itertools.count(1)
_lock = threading.Lock()
# However many stories are begun at once, the machine starts a few programs at a time.
_starts = threading.Semaphore(3)


def _new_number() -> int:
    with _lock:
        return next(_numbers)


@dataclass(frozen=True)
class Message:
    """A message as the program queues it, each to somebody else unless it is said."""

    channel: str = "sms"
    recipient: str = ""
    subject: str = ""
    body: str = ""
    kind: str = ""
    language: str = "hu"
    series: str | None = None
    # Seconds for which it is of use.
    life: float = 570
    priority: int = 0
    number: int = field(default_factory=_new_number)

    @property
    def key(self) -> str:
        return f"{self.row['kind']}/drill-{self.number}"

    @property
    def to(self) -> str:
        return self.row["recipient"]

    @property
    def row(self) -> dict:
        is_sms = self.channel == "sms"
        code = f"{self.number:06}"
        text = f"Példa Biztosító: kód K{code[1:]}.\n\n@localhost #{code[1:]}"
        return {
            "kind": self.kind or ("sms_code" if is_sms else "email_code"),
            "channel": self.channel,
            "recipient": self.recipient
            or (f"+3630{3000000 + self.number}" if is_sms else f"u{self.number}@pelda.example"),
            "language": self.language,
            "subject": self.subject or ("" if is_sms else "Próba: e-mail-cím megerősítése"),
            "body": self.body or (text.replace("é", "e").replace("ó", "o") if is_sms else text),
            "customer_number": str(5000000 + self.number),
            "priority": self.priority,
        }


def sms(**wishes) -> Message:
    return Message("sms", **wishes)


def letter(**wishes) -> Message:
    return Message("email", **wishes)


class Queue:
    """The messages of a database, as somebody with a shell there sees and puts them."""

    def __init__(self, url: str):
        self.url = url
        self._path = Path(url.removeprefix("sqlite:")) if url.startswith("sqlite:") else None
        self.rows = sqlite_rows(self._path) if self._path else postgres_rows(url)

    def put(self, *messages: Message) -> None:
        """All at once; no dispatcher sees one without the others."""
        now = int(time.time() * 1000)
        tuples = []
        for message in messages:
            row = message.row | {
                "key": message.key, "state": "queued", "created_at": now,
                "not_after": now + int(message.life * 1000), "next_try_at": now, "tries": 0,
                "series": message.series,
            }  # fmt: skip
            tuples.append("(" + ", ".join(_literal(value) for value in row.values()) + ")")
        self.do(f"INSERT INTO message ({', '.join(row)}) VALUES\n" + ",\n".join(tuples))

    def do(self, statement: str) -> None:
        if self._path:
            with contextlib.closing(sqlite3.connect(self._path, timeout=60)) as database:
                database.execute(statement)
                database.commit()
            return
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.url]
        done = subprocess.run(command, input=statement, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    def row(self, message: Message) -> dict:
        """What has become of a message."""
        (row,) = self.rows(
            "SELECT id, state, tries, unknowns, problem, gateway, body, not_after, next_try_at,"
            f" sent_at, receipt_at FROM message WHERE key = '{message.key}'"
        )
        return row

    def states(self) -> dict[str, int]:
        found = self.rows("SELECT state, COUNT(*) AS count FROM message GROUP BY state")
        return {row["state"]: row["count"] for row in found}


def _literal(value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("'", "''") + "'"


# Processes.


class Server(Instance):
    """`serve` as an insurer runs it, with gateways of its own."""

    command = ("serve",)

    def __init__(self, database_url: str, **settings: str):
        # Its port is known when it is made, and its address is in every message.
        self._database_url = database_url
        super().__init__(database_url, **settings)

    def launch(self, **variables: str) -> None:
        address = {
            "BELEPO_HTTP_PUBLIC_URL": f"http://localhost:{self.port}",
            "BELEPO_SMS_RECEIPT_URL": f"http://127.0.0.1:{self.management_port}",
        }
        super().launch(**address | variables)


class Dispatcher(Instance):
    """`dispatch`: a process that sends and does nothing else."""

    command = ("dispatch",)

    def pause(self) -> None:
        """Stands still in the middle of whatever it does; all its threads do on return."""
        self.process.send_signal(signal.SIGSTOP)
        threads = Path(f"/proc/{self.process.pid}/task")

        def stands_still() -> bool:
            try:
                stats = [(each / "stat").read_text() for each in threads.iterdir()]
            except OSError:
                # One has ended while it was looked at.
                return False
            return all(stat.rsplit(")", 1)[1].split()[0] == "T" for stat in stats)

        wait_until(stands_still, "all threads stand still", pause=0.001)

    def pause_with_nothing_held(self) -> None:
        """The same, and not in the middle of a transaction that would hold up everybody on SQLite.

        For whoever knows that nobody else writes, and that it is waiting for an answer meanwhile.
        """

        def holds_nothing() -> bool:
            self.pause()
            if not self._holds_database():
                return True
            self.resume()
            return False

        wait_until(holds_nothing, "it stands still between two transactions")

    def _holds_database(self) -> bool:
        url = self.settings["BELEPO_DATABASE_URL"]
        if not url.startswith("sqlite:"):
            return False
        path = url.removeprefix("sqlite:")
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            database.execute("ROLLBACK")
            return False

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.resume()
        super().close()


def metrics(process: Instance) -> dict[str, float]:
    """What an operator measures."""
    url = f"http://127.0.0.1:{process.management_port}/metrics"
    with urllib.request.urlopen(url, timeout=60) as answer:
        lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


# An installation for one story.


class Databases:
    """Empty databases of both kinds, each a copy of one that was made with the program."""

    def __init__(self):
        self.folder = Folder("databases")
        self._postgres: Postgres | None = None
        self._template: Path | None = None
        self._lock = threading.Lock()
        self._names = itertools.count()

    def new(self, kind: str) -> str:
        with self._lock:
            return self._sqlite() if kind == "sqlite" else self._database()

    def close(self) -> None:
        if self._postgres:
            self._postgres.close()
        self.folder.remove()

    def _sqlite(self) -> str:
        if not self._template:
            template = self.folder.path / "template.sqlite"
            import_customers(f"sqlite:{template}")
            self._template = template
        copy = self.folder.path / f"story-{next(self._names)}.sqlite"
        for ending in ("", "-wal"):
            original = Path(f"{self._template}{ending}")
            if original.exists():
                shutil.copy(original, f"{copy}{ending}")
        return f"sqlite:{copy}"

    def _database(self) -> str:
        if not self._postgres:
            # A dozen stories at once, each with several pools.
            self._postgres = Postgres(max_connections="600")
            import_customers(self._postgres.url)
        name = f"story_{next(self._names)}"
        self._postgres.psql(f"CREATE DATABASE {name} TEMPLATE belepo")
        return postgres_url(self._postgres.port).replace("/belepo?", f"/{name}?")


class PostOffice:
    """A queue, a gateway and a relay that answer as they are told to, and the record of both.

    Dispatchers are started by the story. At its end every promise must have been kept.
    """

    def __init__(self, url: str, gateway: OddGateway | None = None, relay: OddRelay | None = None):
        self.folder = Folder("post-office")
        self.queue = Queue(url)
        self.record = Record(self.folder.path / "record.jsonl")
        self.gateway = gateway or OddGateway()
        self.relay = relay or OddRelay()
        self.gateway.record = self.relay.record = self.record
        self.settings = {
            "BELEPO_HTTP_PUBLIC_URL": "http://localhost:8080",
            "BELEPO_LOG_LEVEL": "debug",
            "BELEPO_MAIL_FROM": MAIL_FROM,
            "BELEPO_MESSAGES_DISPATCHER": "separate",
            "BELEPO_SMS_GATEWAY": "kannel",
        }
        self.settings |= PATIENT | self.gateway.as_kannel | self.relay.settings()
        self.dispatchers: list[Dispatcher | Server] = []

    def dispatcher(self, **settings: str) -> Dispatcher:
        """One more, who is at work."""
        with _starts:
            dispatcher = Dispatcher(self.queue.url, **self.settings | settings)
        self.dispatchers.append(dispatcher)
        return dispatcher

    def server(self, **settings: str) -> Server:
        """Serves the site; it leaves the queue to others, unless it is told to do their work too."""
        own = {name: value for name, value in self.settings.items() if "PUBLIC_URL" not in name}
        with _starts:
            server = Server(self.queue.url, **own | settings)
        self.dispatchers.append(server)
        return server

    def kill(self, dispatcher: Dispatcher) -> None:
        """Dead on return. Told to the record first: it is an excuse."""
        self.record.tell_crash()
        dispatcher.kill()

    def wait_until_ended(self, *messages: Message, seconds: float = ENDED_SECONDS) -> None:
        """Until these have come to their ends, or all."""
        keys = ", ".join(f"'{message.key}'" for message in messages)
        which = f" AND key IN ({keys})" if keys else ""
        ends = ", ".join(f"'{state}'" for state in sorted(ENDS))
        waiting = f"SELECT key, state, problem FROM message WHERE state NOT IN ({ends}){which}"
        try:
            wait_until(lambda: not self.queue.rows(waiting), "all have ended", seconds, LOOK_SECONDS)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.queue.rows(waiting)[:5]}\n{self.log()}") from None

    def wait_until_postponed(self, *messages: Message, seconds: float = GUARD_SECONDS) -> None:
        """Until these have been tried and wait for the next try."""

        def is_postponed(message: Message) -> bool:
            row = self.queue.row(message)
            return row["state"] == "queued" and row["tries"] > 0 and row["problem"] is not None

        for message in messages:
            wait_until(
                lambda each=message: is_postponed(each),
                f"{message.key} is postponed: {self.queue.row(message)}\n{self.log()}",
                seconds,
                LOOK_SECONDS,
            )

    def log_lines(self) -> list[str]:
        return [line for each in self.dispatchers for line in each.log_lines("")]

    def told(self, event: str) -> list[str]:
        return [line for line in self.log_lines() if f'"event":"{event}"' in line]

    def log(self) -> str:
        """What an operator would look at."""
        lines = [line for line in self.log_lines() if '"event"' in line or '"debug"' not in line]
        return "\n".join(lines[-30:])

    def must_have_kept_its_promises(self, is_quiet: bool = True, duplicates: int = 1) -> None:
        broken = lambda: broken_promises(  # noqa: E731
            self.record, self.queue.rows, self.log_lines(), is_quiet, duplicates
        )
        # A message has come to its end a moment before the log tells of it.
        with contextlib.suppress(AssertionError):
            wait_until(lambda: not broken(), "kept", pause=LOOK_SECONDS)
        assert not broken(), "\n".join(broken()) + "\n\n" + self.log()

    def close(self) -> None:
        for dispatcher in self.dispatchers:
            dispatcher.close()
        self.gateway.close()
        self.relay.close()
        self.folder.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class PostOffices:
    """Opens a post office for each story; the databases and the authority are theirs together."""

    def __init__(self):
        self.folder = Folder("offices")
        self.databases = Databases()
        self.authority = Authority(self.folder.path)
        # Sends SIGSTOP or SIGKILL to the program in the middle of its work.
        self.halter = built_library("halt_at", self.folder.path)

    def open(
        self, kind: str = "sqlite", gateway: OddGateway | None = None, relay: OddRelay | None = None
    ) -> PostOffice:
        return PostOffice(self.databases.new(kind), gateway, relay)

    def close(self) -> None:
        self.databases.close()
        self.folder.remove()


# Stories that mostly wait.


def meanwhile(story):
    """A test that runs beside the others of its file, instead of after them.

    All stories of a file are begun together (see the fixture `told` in conftest.py), so that
    their waits pass at the same time; each test hears the end of its own. A story is given the
    post offices and its parameters, and no other fixture.
    """

    def test(told, request, **_):
        told.hear(request.node.nodeid)

    own = list(inspect.signature(story).parameters.values())[1:]
    kept = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ("told", "request")]
    kept += [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    test.__signature__ = inspect.Signature(kept)
    test.__name__, test.__doc__ = story.__name__, story.__doc__
    test.__module__, test.story = story.__module__, story
    return test


class Told:
    """The stories of a file that are under way, by their tests' names."""

    def __init__(self, offices: PostOffices, tests: list, at_once: int):
        self._pool = ThreadPoolExecutor(at_once)
        self._ends: dict[str, Future] = {}
        for test in tests:
            parameters = test.callspec.params if hasattr(test, "callspec") else {}
            self._ends[test.nodeid] = self._pool.submit(self._tell, test, offices, parameters)

    def hear(self, name: str) -> None:
        self._ends[name].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    @staticmethod
    def _tell(test, offices: PostOffices, parameters: dict) -> None:
        start = time.monotonic()
        try:
            test.function.story(offices, **parameters)
        finally:
            print(f"{test.name}: {time.monotonic() - start:.1f} s")
