"""What clients were told, and whether the database still agrees.

    python ledger.py LEDGER DATABASE    DATABASE: a file of SQLite, or postgresql://…
"""

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

DECLARATIONS = {"marketing", "data_processing", "contract", "notice"}
WELCOME = {"registered", "contract", "email_code"}
# How often a code may be compared.
TRIES = 5
# A message that is due may be late by so much before it counts as stuck.
PATIENCE_SECONDS = 30

# What an instance acknowledges.
REGISTERED = "registered"
CODE_ACCEPTED = "code_accepted"
EMAIL_CONFIRMED = "email_confirmed"
# A wrong code by SMS was counted, and a session ended.
MISTYPED = "mistyped"
LOGGED_OUT = "logged_out"


class Ledger:
    """Acknowledged facts, each written down before anything else is done with the answer."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.Lock()
        path.touch()

    def write(self, fact: str, customer: str, email: str = "") -> None:
        line = json.dumps({"fact": fact, "customer": customer, "email": email})
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def facts(self) -> list[dict]:
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def count(self, fact: str) -> int:
        return sum(each["fact"] == fact for each in self.facts())


def sqlite_rows(path: Path):
    def rows(select: str) -> list[dict]:
        with contextlib.closing(sqlite3.connect(path, timeout=60)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(select)]

    return rows


def postgres_rows(url: str):
    def rows(select: str) -> list[dict]:
        query = f"SELECT coalesce(json_agg(row), '[]') FROM ({select}) AS row"
        command = ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", query]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return rows


def broken_promises(ledger: Ledger, rows, is_quiet: bool = True) -> list[str]:
    """Each broken promise as a sentence; none means that all were kept.

    `rows` answers a SELECT with dictionaries. Unless everything is quiet, a message whose time has
    not come yet, or that a dispatcher has in its hands, is none that is stuck.
    """
    database = _Database(rows)
    facts = ledger.facts()
    return (
        list(_lost(facts, database))
        + list(_undone(facts, database))
        + list(_contradictory(facts))
        + list(_doubled(database))
        + list(_half(database))
        + list(_accepted_twice(database))
        + list(_compared_too_often(database, rows))
        + list(_stuck(rows, is_quiet))
    )


def wait_until_quiet(rows, seconds: float = 240) -> None:
    """Until no message is on its way; a lease of a killed dispatcher takes a minute to run out."""
    deadline = time.monotonic() + seconds
    on_the_way = "SELECT id FROM message WHERE state IN ('queued', 'leased') LIMIT 1"
    while rows(on_the_way) and time.monotonic() < deadline:
        time.sleep(0.25)


class _Database:
    """What the promises are about, read in one go."""

    def __init__(self, rows):
        self.accounts = rows(
            "SELECT id, customer_number, email, email_confirmed_at, registration_id FROM account"
        )
        self.by_customer = defaultdict(list)
        for account in self.accounts:
            self.by_customer[account["customer_number"]].append(account)
        self.declarations = _kinds(rows("SELECT account_id AS owner, kind FROM declaration"))
        self.messages = _kinds(rows("SELECT customer_number AS owner, kind FROM message"))
        self.events = rows(
            "SELECT kind, customer_number, registration_id, account_id FROM audit_event"
        )
        self.ended_sessions = Counter(
            row["account_id"]
            for row in rows("SELECT account_id FROM session WHERE ended_at IS NOT NULL")
        )

    def count(self, kind: str, by: str) -> dict:
        counts = defaultdict(int)
        for event in self.events:
            if event["kind"] == kind:
                counts[event[by]] += 1
        return counts


def _kinds(rows: list[dict]) -> dict:
    kinds = defaultdict(list)
    for row in rows:
        kinds[row["owner"]].append(row["kind"])
    return kinds


def _lost(facts, database):
    accepted = database.count("sms_code_accepted", by="customer_number")
    for fact in facts:
        if fact["fact"] in (MISTYPED, LOGGED_OUT):
            continue
        customer, email = fact["customer"], fact["email"]
        accounts = database.by_customer[customer]
        if fact["fact"] == CODE_ACCEPTED:
            if not accepted[customer]:
                yield f"lost: the code of customer {customer} was accepted; no event says so"
            continue
        of_email = [account for account in accounts if account["email"] == email.lower()]
        if not of_email:
            yield f"lost: customer {customer} registered with {email}; there is no such account"
        elif fact["fact"] == EMAIL_CONFIRMED and not of_email[0]["email_confirmed_at"]:
            yield f"lost: {email} of customer {customer} was confirmed; the account does not know"


def _undone(facts, database):
    """Counts that went back (P5; the event of a wrong code is in its count's transaction), and sessions
    that live again (P10)."""
    counted = database.count("sms_code_wrong", by="customer_number")
    told = Counter((fact["fact"], fact["customer"]) for fact in facts)
    for (fact, customer), count in told.items():
        if fact == MISTYPED and counted[customer] < count:
            yield f"undone: customer {customer} was told of {count} wrong codes, {counted[customer]} count"
        if fact == LOGGED_OUT:
            accounts = database.by_customer[customer]
            ended = sum(database.ended_sessions[account["id"]] for account in accounts)
            if ended < count:
                yield f"undone: customer {customer} has ended {count} sessions, and {ended} have ended"


def _contradictory(facts):
    emails = defaultdict(set)
    for fact in facts:
        if fact["fact"] == REGISTERED:
            emails[fact["customer"]].add(fact["email"].lower())
    for customer, several in emails.items():
        if len(several) > 1:
            yield f"doubled: customer {customer} was told of accounts with {sorted(several)}"


def _doubled(database):
    for name, what in (("customer_number", "customer"), ("email", "e-mail")):
        counts = defaultdict(int)
        for account in database.accounts:
            counts[account[name].lower()] += 1
        for value, count in counts.items():
            if count > 1:
                yield f"doubled: {what} {value} has {count} accounts"
    for customer, count in database.count("registered", by="customer_number").items():
        if count > 1:
            yield f"doubled: customer {customer} was registered {count} times by the audit"


def _half(database):
    registered = database.count("registered", by="account_id")
    for account in database.accounts:
        whose = f"the account of customer {account['customer_number']}"
        declared = database.declarations[account["id"]]
        for kind in sorted(DECLARATIONS - set(declared)):
            yield f"half: {whose} has no declaration {kind}"
        for kind in sorted({kind for kind in declared if declared.count(kind) > 1}):
            yield f"doubled: {whose} has declaration {kind} more than once"
        messages = database.messages[account["customer_number"]]
        for kind in sorted(WELCOME - set(messages)):
            yield f"half: {whose} has no message {kind}"
        for kind in ("registered", "contract"):
            if messages.count(kind) > 1:
                yield f"doubled: {whose} has message {kind} more than once"
        if not registered[account["id"]]:
            yield f"half: {whose} has no audit event registered"


def _accepted_twice(database):
    # The clients of the drills prove a phone once in a registration: one challenge, one acceptance.
    for registration, count in database.count("sms_code_accepted", by="registration_id").items():
        if count > 1:
            yield f"accepted twice: the code by SMS of registration {registration}, {count} times"
    for account, count in database.count("email_confirmed", by="account_id").items():
        if count > 1:
            yield f"accepted twice: the code by e-mail of account {account}, {count} times"


def _compared_too_often(database, rows):
    """P4: each code that was sent has its tries, and a fault gives none back."""
    wrong = database.count("sms_code_wrong", by="registration_id")
    for registration in rows("SELECT id, sms_sent FROM registration"):
        most = TRIES * max(1, registration["sms_sent"])
        if wrong[registration["id"]] > most:
            yield (
                f"compared too often: the codes by SMS of registration {registration['id']}, "
                f"{wrong[registration['id']]} times instead of {most} at most"
            )


def _stuck(rows, is_quiet):
    waiting = rows(
        "SELECT id, kind, state, next_try_at, created_at FROM message"
        " WHERE state IN ('queued', 'leased')"
    )
    for message in waiting:
        late = time.time() - _seconds(message["next_try_at"])
        if is_quiet or late > PATIENCE_SECONDS:
            yield f"stuck: message {message['id']} ({message['kind']}) is still {message['state']}"


def _seconds(stored: int) -> float:
    """The database has milliseconds."""
    return stored / 1000


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    ledger, database = sys.argv[1:]
    rows = postgres_rows(database) if "://" in database else sqlite_rows(Path(database))
    broken = broken_promises(Ledger(Path(ledger)), rows)
    print("\n".join(broken) or "all promises were kept")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
