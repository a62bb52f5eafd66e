"""The program under test: started on free ports with a database of its own, stopped by its id."""

import contextlib
import json
import re
import shutil
import sqlite3
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ports import reserved_ports
from program import ROOT, environment, program
from waiting import GUARD_SECONDS, wait_until

SAMPLE_REGISTER = ROOT / "Sources" / "belepo" / "SampleRegister"
# What the contract allows.
STOP_SECONDS = 20


@dataclass
class Message:
    id: str
    channel: str
    to: str
    subject: str
    text: str
    createdAt: str

    def code(self, prefix: str) -> str:
        """The whole six characters, which begin as the page says."""
        codes = self.codes(prefix)
        assert len(codes) == 1, f"one code that begins with {prefix!r} expected in: {self.text}"
        return codes.pop()

    def codes(self, prefix: str) -> set[str]:
        words = re.findall(r"(?<![\w#])[0-9A-Z]{6}(?!\w)", self.text)
        return {word for word in words if word.startswith(prefix)}


class Server:
    # What the program is told to do.
    command = ("serve", "--demo")

    def __init__(self, **settings: str):
        self.folder = Path(tempfile.mkdtemp(prefix="belepo-browser-tests-"))
        self.log = self.folder / "server.log"
        self.database = self.folder / "demo.sqlite"
        port, management_port, staff_port = reserved_ports(3)
        self.url = f"http://localhost:{port}"
        self.staff_url = f"http://localhost:{staff_port}"
        self.management_url = f"http://localhost:{management_port}"
        self.settings = {
            "BELEPO_HTTP_PORT": str(port),
            "BELEPO_MANAGEMENT_PORT": str(management_port),
            "BELEPO_STAFF_PORT": str(staff_port),
            "BELEPO_DATABASE_URL": f"sqlite:{self.database}",
        } | settings
        self.prepare()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program(), *self.command],
                cwd=self.folder,
                env=environment(**self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(self._is_ready, "the server is ready")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def prepare(self) -> None:
        """Whatever has to be there before it starts: a demo brings everything."""

    def run(self, *words: str) -> subprocess.CompletedProcess:
        """One of the program's commands beside it."""
        return subprocess.run(
            [program(), *words],
            cwd=self.folder,
            env=self.command_environment(),
            capture_output=True,
            text=True,
            timeout=GUARD_SECONDS,
        )

    def command_environment(self) -> dict[str, str]:
        own = ("BELEPO_DATABASE_URL", "BELEPO_STAFF_PORT")
        return environment(**{name: self.settings[name] for name in own})

    def stop(self) -> int:
        """Asks it to stop and answers with its exit code; 20 seconds are allowed (I2)."""
        self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not stop within {STOP_SECONDS} s") from None
        if status == 0:
            shutil.rmtree(self.folder)
        return status

    def invitation(self, name: str, role: str = "agent") -> str:
        """The path of a link that somebody new has got."""
        done = self.run("staff", "add", name, "--role", role, "--by", "nagy.peter")
        assert done.returncode == 0, done.stderr
        link = urlsplit(done.stdout.strip())
        return f"{link.path}?{link.query}"

    def colleague(self, role: str) -> tuple[str, str, str] | None:
        """Name, password and secret of one of the demo's colleagues, as the program has told them."""
        wait_until(lambda: role in self._colleagues(), f"the demo's {role}", pause=0.05)
        return self._colleagues()[role]

    def _colleagues(self) -> dict[str, tuple[str, str, str]]:
        found = re.findall(
            r"(agent|supervisor): (\S+), password: ([^\n]+)\n"
            r"\s+secret for an authenticator app: (\S+)",
            self.log.read_text(errors="replace"),
        )
        return {role: (name, password, secret) for role, name, password, secret in found}

    def messages(self, to: str | None = None) -> list[Message]:
        """All messages that were caught, newest first; to one address or number if it is given."""
        return [message for message in self.caught() if to is None or _same(message.to, to)]

    def caught(self) -> list[Message]:
        with urllib.request.urlopen(f"{self.url}/demo/uzenetek.json", timeout=GUARD_SECONDS) as answer:
            return [Message(**message) for message in json.load(answer)]

    def wait_for_message(self, to: str, after: int = 0) -> Message:
        """The newest message to someone who had `after` messages before."""
        wait_until(lambda: len(self.messages(to)) > after, f"a message to {to}", pause=0.05)
        return self.messages(to)[0]

    def wait_for_code(self, to: str, prefix: str, after: int = 0) -> str:
        """The newest code that begins as the page says, to someone who had `after` messages before.

        It need not be in the newest message: a code and a letter without one leave together, and
        either may be the first to arrive.
        """
        found: list[Message] = []

        def has_come() -> bool:
            messages = self.messages(to)
            newer = messages[: len(messages) - after]
            found[:] = [message for message in newer if message.codes(prefix)]
            return bool(found)

        wait_until(has_come, f"a code to {to} that begins with {prefix!r}", pause=0.05)
        return found[0].code(prefix)

    def delivered_messages(self, to: str) -> list[Message]:
        """What has arrived when nothing waits to be sent.

        A message is queued in the transaction that decides, so that all are there, also one that is
        sent by mistake, when the page has come that tells of the decision.
        """
        waiting = "SELECT id FROM message WHERE state IN ('queued', 'leased')"
        wait_until(lambda: not self.ask(waiting), "all messages are sent", pause=0.05)
        return self.messages(to)

    def ask(self, question: str) -> list:
        """The first column of what the database answers, where no page tells it."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=60)) as database:
            return [row[0] for row in database.execute(question)]

    def change(self, statement: str) -> None:
        """Changes the database behind the program's back: what only time or a fault could do."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=60)) as database:
            with database:
                database.execute(statement)

    def import_register(self, change=None, **more: str) -> str:
        """The sample register once more, with lines behind those of a file; what the import says of it.

        change(name, text) makes other text of one of its files, as the insurer's next file would be.
        """
        files = []
        for name in ("customers", "policies"):
            file = self.folder / f"{name}.csv"
            text = (SAMPLE_REGISTER / f"{name}.csv").read_text(encoding="utf-8-sig")
            text = change(name, text) if change else text
            file.write_text(text + more.get(name, ""), encoding="utf-8")
            files += [f"--{name}", str(file)]
        done = self.run("register", "import", *files)
        # Two: done, but for rows that were rejected.
        assert done.returncode in (0, 2), done.stdout + done.stderr
        return done.stdout

    @contextlib.contextmanager
    def locked(self):
        """Another writer holds the database: the program waits, and after some seconds gives up."""
        with contextlib.closing(
            sqlite3.connect(self.database, isolation_level=None, timeout=60)
        ) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.execute("ROLLBACK")

    def log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def _is_ready(self) -> bool:
        code = self.process.poll()
        assert code is None, f"the server ended with exit code {code}:\n{self.log_tail()}"
        try:
            with urllib.request.urlopen(f"{self.management_url}/readyz", timeout=60):
                return True
        except (urllib.error.URLError, OSError):
            return False


def _same(to: str, wanted: str) -> bool:
    if "@" in wanted:
        return to.lower() == wanted.lower()
    return "@" not in to and re.sub(r"\D", "", to).endswith(wanted)
