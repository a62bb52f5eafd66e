"""What gateways and relays were handed, and whether the database agrees.

    python post.py RECORD DATABASE [LOG…]    DATABASE: a file of SQLite, or postgresql://…

The promises are those that a customer and an operator notice: every message ends somewhere, and
what ends badly is told in the log (P6); nobody gets a message twice but for one that nobody could
know about (P7); no code arrives that is of no use any more (P8).
"""

import contextlib
import json
import sys
import threading
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from ledger import postgres_rows, sqlite_rows

ENDS = {"sent", "delivered", "undeliverable", "expired", "failed", "cancelled"}
# A gateway has taken these, or so we say.
TAKEN = {"sent", "delivered", "undeliverable"}
# How the log tells an operator of a message that was given up.
ALARMS = {"message_failed", "message_outcome_unknown"}
CODES = {"sms_code", "email_code"}
# Between the dispatcher's last look at the clock and the gateway's first, on a busy machine.
GRACE_SECONDS = 5
# Enough of a Message-ID's hexadecimal digits to belong to one message only.
DIGITS = 16

HANDED = "handed"
CRASH = "crash"


@dataclass(frozen=True)
class Handed:
    """One message in the hands of a gateway or a relay, or held out to it."""

    at: float
    channel: str
    to: str
    text: str
    # The idempotency key, or the Message-ID; empty where the gateway knows none.
    key: str
    is_taken: bool


def caught(at: float, to: str, text: str) -> dict:
    """A message as the demo's page of caught messages shows it."""
    return {"createdAt": f"{at:.6f}", "to": to, "text": text}


class Record:
    """Everything that was handed over, each line written before the gateway says a word of it.

    A crash of a dispatcher is told to it too: it is one of the two excuses for a duplicate.
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.Lock()
        path.touch()

    def write(self, handed: Handed) -> None:
        self._write({"fact": HANDED} | asdict(handed))

    def tell_crash(self, at: float | None = None) -> None:
        self._write({"fact": CRASH, "at": at or time.time()})

    def handed(self) -> list[Handed]:
        lines = [line for line in self._lines() if line.pop("fact") == HANDED]
        return [Handed(**line) for line in lines]

    def crashes(self) -> list[float]:
        return [line["at"] for line in self._lines() if line["fact"] == CRASH]

    def _write(self, fact: dict) -> None:
        line = json.dumps(fact)
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _lines(self) -> list[dict]:
        with self._lock:
            text = self.path.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


def broken_promises(
    record: Record, rows, log: list[str] | None = None, is_quiet: bool = True, duplicates: int = 1
) -> list[str]:
    """Each broken promise as a sentence; none means that all were kept.

    `log` is what the dispatchers wrote, line by line; without it nothing is said about alarms. A
    story in which nothing can be unknown allows no duplicates. Unless everything is quiet, messages
    that are under way are none that are stuck.
    """
    books = _Books(record, rows, log)
    return (
        list(_stuck(books, is_quiet))
        + list(_lost(books))
        + list(_untold(books))
        + list(_strange(books))
        + list(_doubled(books, duplicates))
        + list(_late(books))
        + list(_replaced(books))
        + list(_kept_secrets(books))
    )


class _Books:
    """The messages, each with what was handed over of it."""

    def __init__(self, record: Record, rows, log: list[str] | None):
        self.messages = rows(
            "SELECT id, key, kind, channel, recipient, body, state, created_at, not_after,"
            " next_try_at, unknowns, series FROM message ORDER BY id"
        )
        self.crashes = record.crashes()
        self.alarms = None if log is None else _alarms(log)
        self.strays: list[Handed] = []
        self._handed: dict[int, list[Handed]] = defaultdict(list)
        self._sort(record.handed())

    def handed(self, message: dict) -> list[Handed]:
        return self._handed[message["id"]]

    def taken(self, message: dict) -> list[Handed]:
        return [each for each in self.handed(message) if each.is_taken]

    def _sort(self, everything: list[Handed]) -> None:
        by_key = {message["key"]: message for message in self.messages}
        by_digits = {_digits(message["key"]): message for message in self.messages}
        by_number = defaultdict(list)
        for message in self.messages:
            by_number[message["channel"], message["recipient"]].append(message)
        for each in sorted(everything, key=lambda each: each.at):
            if each.channel == "email":
                message = by_digits.get(each.key.strip("<> ")[:DIGITS])
            elif each.key:
                message = by_key.get(each.key)
            else:
                message = self._by_text(each, by_number["sms", each.to])
            if message:
                self._handed[message["id"]].append(each)
            else:
                self.strays.append(each)

    def _by_text(self, each: Handed, messages: list[dict]) -> dict | None:
        """A text is forgotten when it was sent: then it belongs to the newest message of its time.

        What was handed over with the same text before belongs to the same message.
        """
        for message in messages:
            earlier = {other.text for other in self._handed[message["id"]]}
            if each.text == message["body"] or each.text in earlier:
                return message
        older = [m for m in messages if m["created_at"] <= each.at * 1000]
        unknown = [m for m in older if m["body"] is None and not self._handed[m["id"]]]
        return unknown[-1] if unknown else None


def _digits(key: str) -> str:
    """How a Message-ID begins."""
    return sha256(key.encode()).hexdigest()[:DIGITS]


def _alarms(log: list[str]) -> set[int]:
    """The messages that the log tells an operator about."""
    told = set()
    for line in log:
        # Other programs' lines may be between them.
        with contextlib.suppress(ValueError, TypeError, KeyError):
            entry = json.loads(line)
            if entry["level"] == "error" and entry["event"] in ALARMS:
                told.add(int(entry["id"]))
    return told


def _name(message: dict) -> str:
    return f"message {message['id']} ({message['kind']}, {message['key']})"


def _stuck(books, is_quiet):
    for message in books.messages:
        if message["state"] not in ENDS and is_quiet:
            yield f"stuck: {_name(message)} is still {message['state']}"


def _lost(books):
    for message in books.messages:
        if message["state"] in TAKEN and not books.taken(message):
            yield f"lost: {_name(message)} is {message['state']}; nobody has taken it"


def _untold(books):
    for message in books.messages:
        if message["state"] == "failed" and books.alarms is not None:
            if message["id"] not in books.alarms:
                yield f"untold: {_name(message)} failed; the log says nothing of it"


def _strange(books):
    """What was handed over, and the database does not know of it."""
    for stray in books.strays:
        yield f"strange: {stray.to} was sent what is no message: {stray.text[:40]!r} {stray.key}"
    for message in books.messages:
        is_ended_unsent = message["state"] in {"expired", "failed", "cancelled"}
        if is_ended_unsent and books.taken(message) and not _has_excuse(books, message):
            yield f"strange: {_name(message)} was taken; the database says {message['state']}"


def _has_excuse(books, message: dict) -> bool:
    first = books.taken(message)[0].at
    return message["unknowns"] > 0 or any(crash >= first for crash in books.crashes)


def _doubled(books, duplicates: int):
    for message in books.messages:
        taken = books.taken(message)
        count = len(taken) - 1
        if count > duplicates:
            yield f"doubled: {_name(message)} was taken {len(taken)} times"
        elif count > 0 and not _has_excuse(books, message):
            yield f"doubled: {_name(message)} was taken twice, though the first time was known"
        if len({each.key for each in books.handed(message)} - {""}) > 1:
            yield f"doubled: {_name(message)} was handed over under several keys"


def _late(books):
    for message in books.messages:
        for each in books.handed(message):
            late = each.at - message["not_after"] / 1000
            if late > GRACE_SECONDS:
                yield f"late: {_name(message)} was handed over {late:.1f} s after its use"


def _replaced(books):
    newest: dict[str, dict] = {}
    for message in reversed(books.messages):
        newer = newest.get(message["series"])
        for each in books.handed(message) if newer else []:
            late = each.at - newer["created_at"] / 1000
            if late > GRACE_SECONDS:
                yield (
                    f"replaced: {_name(message)} was handed over {late:.1f} s after"
                    f" {_name(newer)} replaced it"
                )
        if message["series"]:
            newest[message["series"]] = message


def _kept_secrets(books):
    for message in books.messages:
        is_code = message["kind"] in CODES
        if is_code and message["state"] in ENDS and message["body"] is not None:
            yield f"kept: {_name(message)} is {message['state']}, and its code is still there"


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 64
    record, database, *logs = sys.argv[1:]
    rows = postgres_rows(database) if "://" in database else sqlite_rows(Path(database))
    lines = [
        line
        for each in logs
        for line in Path(each).read_text(encoding="utf-8", errors="replace").splitlines()
    ]
    broken = broken_promises(Record(Path(record)), rows, lines if logs else None)
    print("\n".join(broken) or "all promises were kept")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
