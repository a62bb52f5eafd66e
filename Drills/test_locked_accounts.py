"""docs/operations/account-taken-over.md: what staff does to an account by command, beside a running server."""

import subprocess

import pytest

from client import PASSWORD, Customer, Mailbox
from ledger import Ledger, postgres_rows, sqlite_rows
from parts import Folder, Instance, import_customers, instance_environment
from program import program
from waiting import GUARD_SECONDS

# notice.accountHeld.title
HELD = "Ügyfélszolgálatunk segít"
WHY = ("--by", "kovacs.eva", "--reason", "felhívott minket")


@pytest.fixture(params=["sqlite", "postgres"])
def installation(request, tmp_path):
    """An instance, what is in its database, and the same customer at any number of browsers."""
    folder = Folder("locks")
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").url
        rows = postgres_rows(url)
    else:
        url = f"sqlite:{folder.path}/locks.sqlite"
        rows = sqlite_rows(folder.path / "locks.sqlite")
        import_customers(url, count=5)
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with Instance(url) as instance:
        mailbox = Mailbox(instance)

        def browser(email: str) -> Customer:
            return Customer(0, lambda: instance.address, mailbox, ledger, email=email)

        yield url, rows, browser
        assert instance.stop() == 0
    folder.remove()


def account(url: str, command: str, *words: str) -> str:
    """What `belepo account …` says when it succeeds."""
    done = subprocess.run(
        [program(), "account", command, *words, *WHY],
        env=instance_environment(BELEPO_DATABASE_URL=url), capture_output=True, text=True,
        timeout=GUARD_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout.strip()


def refused_login(customer: Customer) -> str:
    """The page that somebody gets who knows the password."""
    customer.open("/bejelentkezes")
    fields = {"username": customer.email, "password": PASSWORD}
    answer = customer.post("/bejelentkezes", customer.page.hidden() | fields)
    assert answer.status == 422, answer.location
    return answer.body


def log_in(customer: Customer) -> None:
    customer.open("/bejelentkezes")
    customer.send("/bejelentkezes", {"username": customer.email, "password": PASSWORD}, "/fiok")


def test_an_account_is_locked_and_opened_by_command(installation):
    url, rows, browser = installation
    before = browser("lopott@pelda.example")
    before.become_a_user()
    number = before.number
    assert account(url, "lock", number, "--new-proof") == "locked"
    assert before.get("/fiok").status == 303
    assert HELD in refused_login(before)
    # The phone alone opens it; nobody has unlocked it.
    owner = browser("sajat@pelda.example")
    owner.become_a_user()
    assert HELD not in refused_login(before)
    assert before.get("/fiok").status == 303
    assert len(rows(f"SELECT id FROM account WHERE customer_number = '{number}'")) == 1

    assert account(url, "lock", number) == "locked"
    assert HELD in refused_login(owner)
    assert account(url, "unlock", number).startswith("account unlocked")
    log_in(owner)
    owner.open("/fiok")
    assert account(url, "end-sessions", number) == "ended: 1"
    assert owner.get("/fiok").status == 303
    log_in(owner)
    owner.open("/fiok")
    for each in (before, owner):
        each.close()
    trail = rows(
        "SELECT kind, detail FROM audit_event WHERE kind IN ('account_locked', 'account_unlocked', "
        f"'sessions_ended_by_staff') AND customer_number = '{number}' ORDER BY id"
    )
    assert [row["kind"] for row in trail] == [
        "account_locked", "account_unlocked", "account_locked", "account_unlocked",
        "sessions_ended_by_staff",
    ]  # fmt: skip
    # All but the second, which the registration made by itself.
    by_staff = [row["detail"].startswith("by kovacs.eva") for row in trail]
    assert by_staff == [True, False, True, True, True], trail
