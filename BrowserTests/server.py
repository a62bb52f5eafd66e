"""The program under test: started on free ports with a database of its own, stopped by its id."""

import contextlib
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent

START_SECONDS = 30
STOP_SECONDS = 20
MESSAGE_SECONDS = 15


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
    def __init__(self, **settings: str):
        self.folder = Path(tempfile.mkdtemp(prefix="belepo-browser-tests-"))
        self.log = self.folder / "server.log"
        self.database = self.folder / "demo.sqlite"
        port, management_port = _free_ports(2)
        self.url = f"http://localhost:{port}"
        self.management_url = f"http://localhost:{management_port}"
        own = {name: value for name, value in os.environ.items() if not name.startswith("BELEPO_")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program(), "serve", "--demo"],
                cwd=self.folder,
                env=own
                | {
                    "BELEPO_HTTP_PORT": str(port),
                    "BELEPO_MANAGEMENT_PORT": str(management_port),
                    "BELEPO_DATABASE_URL": f"sqlite:{self.database}",
                }
                | settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def stop(self) -> int:
        """Asks it to stop and answers with its exit code; the contract allows 20 seconds."""
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

    def messages(self, to: str | None = None) -> list[Message]:
        """All messages that were caught, newest first; to one address or number if it is given."""
        with urllib.request.urlopen(f"{self.url}/demo/uzenetek.json", timeout=10) as answer:
            caught = [Message(**message) for message in json.load(answer)]
        return [message for message in caught if to is None or _same(message.to, to)]

    def wait_for_message(self, to: str, after: int = 0) -> Message:
        """The newest message to someone who had `after` messages before."""
        deadline = time.monotonic() + MESSAGE_SECONDS
        while len(messages := self.messages(to)) <= after:
            assert time.monotonic() < deadline, f"no message to {to} in {MESSAGE_SECONDS} s"
            time.sleep(0.05)
        return messages[0]

    def wait_for_code(self, to: str, prefix: str, after: int = 0) -> str:
        """The newest code that begins as the page says, to someone who had `after` messages before.

        It need not be in the newest message: a code and a letter without one leave together, and
        either may be the first to arrive.
        """
        deadline = time.monotonic() + MESSAGE_SECONDS
        while True:
            messages = self.messages(to)
            for message in messages[: len(messages) - after]:
                if message.codes(prefix):
                    return message.code(prefix)
            assert time.monotonic() < deadline, (
                f"no code that begins with {prefix!r} among: {[each.text for each in messages]}"
            )
            time.sleep(0.05)

    def settled_messages(self, to: str) -> list[Message]:
        """What has arrived once a message more, sent by mistake, would have arrived too."""
        time.sleep(1.5)
        return self.messages(to)

    def delivered_messages(self, to: str) -> list[Message]:
        """What has arrived when nothing waits to be sent."""
        deadline = time.monotonic() + MESSAGE_SECONDS
        while self.ask("SELECT id FROM message WHERE state IN ('queued', 'leased')"):
            assert time.monotonic() < deadline, f"messages wait for {MESSAGE_SECONDS} s"
            time.sleep(0.05)
        return self.messages(to)

    def ask(self, question: str) -> list:
        """The first column of what the database answers, where no page tells it."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=5)) as database:
            return [row[0] for row in database.execute(question)]

    def change(self, statement: str) -> None:
        """Changes the database behind the program's back: what only time or a fault could do."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=5)) as database:
            with database:
                database.execute(statement)

    @contextlib.contextmanager
    def locked(self):
        """Another writer holds the database for longer than the program waits."""
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.execute("ROLLBACK")

    def log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.process.poll() is not None:
                raise AssertionError(
                    f"the server ended with exit code {self.process.returncode}:\n{self.log_tail()}"
                )
            try:
                with urllib.request.urlopen(f"{self.management_url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < deadline, (
                    f"the server was not ready within {START_SECONDS} s:\n{self.log_tail()}"
                )
                time.sleep(0.05)


def program() -> str:
    """BELEPO_PROGRAM, else the build that was made last."""
    if named := os.environ.get("BELEPO_PROGRAM"):
        return str(Path(named).resolve())
    builds = [ROOT / ".build" / build / "belepo" for build in ("release", "debug")]
    made = [build for build in builds if build.exists()]
    assert made, "no program to test: run `swift build` first, or set BELEPO_PROGRAM"
    return str(max(made, key=lambda build: build.stat().st_mtime))


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _same(to: str, wanted: str) -> bool:
    if "@" in wanted:
        return to.lower() == wanted.lower()
    return "@" not in to and re.sub(r"\D", "", to).endswith(wanted)
