"""The program that compares record and database finds every fault that is planted."""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from dispatching import Databases, Queue, letter, sms
from ledger import sqlite_rows
from post import Handed, Record, broken_promises

PLAIN = sms()
REPLACED = sms(series="sms-code/1", recipient="+36301111111", body="the old one")
NEWER = sms(series="sms-code/1", recipient="+36301111111", body="the new one")
UNKNOWN = sms()
EXPIRED = sms()
FAILED = sms()
NOTICE = sms(kind="registered")
LETTER = letter()
CRASHED = letter()
ALL = [PLAIN, REPLACED, NEWER, UNKNOWN, EXPIRED, FAILED, NOTICE, LETTER, CRASHED]

# What became of each, and whether its text is still there.
STATES = {
    PLAIN: "sent", REPLACED: "cancelled", NEWER: "delivered", UNKNOWN: "sent", EXPIRED: "expired",
    FAILED: "failed", NOTICE: "failed", LETTER: "sent", CRASHED: "sent",
}  # fmt: skip


def held_out(message, at: float, is_taken: bool = True, knows_key: bool = True) -> Handed:
    """As Kannel sees a text, a provider, or a relay a letter."""
    key = message.key if knows_key else ""
    if message.channel == "email":
        key = f"<{sha256(message.key.encode()).hexdigest()[:40]}@pelda.example>"
    return Handed(at, message.channel, message.to, message.row["body"], key, is_taken)


class Sound:
    """A database, a record and a log that agree."""

    def __init__(self, folder: Path, url: str):
        self.folder = folder
        self.database = Path(url.removeprefix("sqlite:"))
        queue = Queue(url)
        queue.put(*ALL)
        for message, state in STATES.items():
            body = "body" if message is NOTICE else "NULL"
            unknowns = 1 if message is UNKNOWN else 0
            queue.do(
                f"UPDATE message SET state = '{state}', body = {body}, unknowns = {unknowns}"
                f" WHERE key = '{message.key}'"
            )
        self.now = time.time()
        self.record = Record(folder / "record.jsonl")
        for handed in (
            held_out(PLAIN, self.now, is_taken=False, knows_key=False),
            held_out(PLAIN, self.now + 2, knows_key=False),
            held_out(NEWER, self.now, knows_key=False),
            held_out(UNKNOWN, self.now),
            held_out(UNKNOWN, self.now + 2),
            held_out(LETTER, self.now),
            held_out(CRASHED, self.now - 90),
            held_out(CRASHED, self.now - 30),
        ):
            self.record.write(handed)
        self.record.tell_crash(self.now - 60)
        self.log = [alarm(queue.row(message)["id"]) for message in (FAILED, NOTICE)]

    def copy(self, folder: Path) -> "Sound":
        other = object.__new__(Sound)
        other.folder, other.now, other.log = folder, self.now, list(self.log)
        for name, path in (("database", self.database), ("record.jsonl", self.record.path)):
            shutil.copy(path, folder / name)
        other.database = folder / "database"
        other.record = Record(folder / "record.jsonl")
        return other

    def broken(self, **wishes) -> list[str]:
        return broken_promises(self.record, sqlite_rows(self.database), self.log, **wishes)

    def change(self, message, **columns: str) -> None:
        """Without the table's rules: they would not let a fault in."""
        values = ", ".join(f"{name} = {value}" for name, value in columns.items())
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            database.execute("PRAGMA ignore_check_constraints = ON")
            database.execute(f"UPDATE message SET {values} WHERE key = '{message.key}'")
            database.commit()

    def forget(self, message) -> None:
        """The record has never heard of it."""
        lines = self.record.path.read_text().splitlines()
        kept = [line for line in lines if message.to not in line]
        self.record.path.write_text("\n".join(kept) + "\n")


def alarm(message: int, level: str = "error") -> str:
    """A line as the program writes it."""
    return (
        f'{{"time":"2026-01-01T00:00:00.000Z","level":"{level}","logger":"belepo",'
        f'"message":"message failed","event":"message_failed","id":"{message}"}}'
    )


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    databases = Databases()
    yield Sound(tmp_path_factory.mktemp("sound"), databases.new("sqlite"))
    databases.close()


@pytest.fixture
def faulty(sound, tmp_path):
    return sound.copy(tmp_path)


def test_a_sound_record_breaks_no_promise(sound):
    assert sound.broken() == []


def without_alarm(faulty):
    faulty.log = []


def with_a_mere_warning(faulty):
    faulty.log = [line.replace('"error"', '"warning"') for line in faulty.log]


PLANTED = {
    "a message is stuck": (
        lambda f: f.change(PLAIN, state="'queued'", body="'x'"),
        "stuck: message",
    ),
    "a message is in nobody's hands for ever": (
        lambda f: f.change(LETTER, state="'leased'", body="'x'", lease_token="x'00'"),
        "stuck: message",
    ),
    "nobody has seen a text that was sent": (lambda f: f.forget(PLAIN), "lost: message"),
    "nobody has seen a letter that was sent": (lambda f: f.forget(LETTER), "lost: message"),
    "a text was only held out": (
        lambda f: (f.forget(UNKNOWN), f.record.write(held_out(UNKNOWN, f.now, is_taken=False))),
        "lost: message",
    ),
    "a failure is not in the log": (without_alarm, "untold: message"),
    "a failure is a mere warning in the log": (with_a_mere_warning, "untold: message"),
    "somebody was sent what was never queued": (
        lambda f: f.record.write(Handed(f.now, "sms", "+36309999999", "Nyert!", "", True)),
        "strange: +36309999999",
    ),
    "somebody was sent another text than was queued": (
        lambda f: f.record.write(replace(held_out(PLAIN, f.now, knows_key=False), text="Nyert!")),
        "strange: ",
    ),
    "a text was taken and ends as expired": (
        lambda f: f.record.write(held_out(EXPIRED, f.now)),
        "strange: message",
    ),
    "a text was taken three times": (
        lambda f: f.record.write(held_out(UNKNOWN, f.now + 4)),
        "doubled: message",
    ),
    "a text was taken twice though all was known": (
        lambda f: f.record.write(held_out(PLAIN, f.now + 4, knows_key=False)),
        "doubled: message",
    ),
    "a letter was taken twice though all was known": (
        lambda f: f.record.write(held_out(LETTER, f.now + 300)),
        "doubled: message",
    ),
    "a letter has another name the second time": (
        lambda f: f.record.write(
            replace(held_out(CRASHED, f.now, is_taken=False), key=held_out(CRASHED, 0).key + "x")
        ),
        "doubled: message",
    ),
    "a code was handed over after its use": (
        lambda f: f.record.write(held_out(EXPIRED, f.now + 600, is_taken=False)),
        "late: message",
    ),
    "a code was handed over after it was replaced": (
        lambda f: f.record.write(held_out(REPLACED, f.now + 5, is_taken=False)),
        "replaced: message",
    ),
    "a sent code is still there": (lambda f: f.change(PLAIN, body="'K1'"), "kept: message"),
    "a failed code is still there": (lambda f: f.change(FAILED, body="'K1'"), "kept: message"),
    "a cancelled code is still there": (
        lambda f: f.change(REPLACED, body="'K1'"),
        "kept: message",
    ),
}


@pytest.mark.parametrize("fault", PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found(fault, faulty):
    plant, beginning = fault
    plant(faulty)
    broken = faulty.broken()
    assert any(sentence.startswith(beginning) for sentence in broken), broken


def test_a_crash_before_everything_excuses_no_duplicate(faulty):
    """The excuse has to come after the message was taken for the first time."""
    lines = [json.loads(line) for line in faulty.record.path.read_text().splitlines()]
    for line in lines:
        if line["fact"] == "crash":
            line["at"] = faulty.now - 100
    faulty.record.path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    assert any(sentence.startswith("doubled: message") for sentence in faulty.broken())


def test_a_replaced_code_is_told_from_the_new_one_by_its_time(faulty):
    """Kannel knows no key, and the texts are forgotten."""
    faulty.forget(NEWER)
    created = 'SELECT MAX(created_at) AS "at" FROM message'
    (row,) = sqlite_rows(faulty.database)(created)
    old, new = row["at"] / 1000 + 1, row["at"] / 1000 + 1.5
    faulty.change(NEWER, created_at=str(int(new * 1000)))
    faulty.record.write(held_out(REPLACED, old, is_taken=False, knows_key=False))
    faulty.record.write(held_out(NEWER, new, knows_key=False))
    assert faulty.broken() == []


def test_a_story_without_anything_unknown_allows_no_duplicate(sound):
    doubled = [each for each in sound.broken(duplicates=0) if each.startswith("doubled")]
    assert len(doubled) == 2, doubled


def test_what_is_under_way_is_stuck_only_in_the_end(faulty):
    faulty.change(EXPIRED, state="'queued'", body="'x'")
    assert faulty.broken(is_quiet=False) == []
    assert any(sentence.startswith("stuck") for sentence in faulty.broken())


def test_the_program_says_the_same(faulty):
    log = faulty.folder / "server.log"
    log.write_text("\n".join(faulty.log) + "\nno JSON\n")
    command = [sys.executable, str(Path(__file__).parent / "post.py"), str(faulty.record.path)]
    command += [str(faulty.database), str(log)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "all promises were kept\n"), done.stderr
    faulty.forget(PLAIN)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout.startswith("lost: message")
