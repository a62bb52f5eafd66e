"""The program that compares ledger and database finds every fault that is planted."""

import contextlib
import shutil
import sqlite3

import pytest

from client import Mailbox
from conftest import Installation
from ledger import (
    CODE_ACCEPTED,
    EMAIL_CONFIRMED,
    LOGGED_OUT,
    MISTYPED,
    REGISTERED,
    Ledger,
    broken_promises,
    sqlite_rows,
)
from parts import Folder, Instance, import_customers

CUSTOMERS = 3

# What is done to a copy of a sound database, and how the sentence begins that must come of it. A
# table without its rules stands for a database that has lost them.
WITHOUT_RULES = """
CREATE TABLE loose AS SELECT * FROM {table};
PRAGMA foreign_keys = OFF;
DROP TABLE {table};
ALTER TABLE loose RENAME TO {table};
"""
PLANTED = {
    "an account is gone": (
        ["account"],
        "DELETE FROM account WHERE customer_number = '5000001'",
        "lost: customer 5000001 registered",
    ),
    "an account has another address": (
        ["account"],
        "UPDATE account SET email = 'else@pelda.example' WHERE customer_number = '5000001'",
        "lost: customer 5000001 registered with ugyfel1@",
    ),
    "a confirmation is gone": (
        ["account"],
        "UPDATE account SET email_confirmed_at = NULL WHERE customer_number = '5000001'",
        "lost: ugyfel1@pelda.example of customer 5000001 was confirmed",
    ),
    "an accepted code is gone": (
        ["audit_event"],
        "DELETE FROM audit_event WHERE kind = 'sms_code_accepted' AND customer_number = '5000001'",
        "lost: the code of customer 5000001",
    ),
    "a customer has two accounts": (
        ["account"],
        "INSERT INTO account SELECT * FROM account WHERE customer_number = '5000001';"
        "UPDATE account SET id = 99, email = 'b@pelda.example' WHERE rowid = last_insert_rowid()",
        "doubled: customer 5000001 has 2",
    ),
    "an address has two accounts": (
        ["account"],
        "UPDATE account SET email = 'UGYFEL0@pelda.example' WHERE customer_number = '5000001'",
        "doubled: e-mail ugyfel0@pelda.example has 2",
    ),
    "a customer was registered twice": (
        ["audit_event"],
        "INSERT INTO audit_event SELECT * FROM audit_event"
        " WHERE kind = 'registered' AND customer_number = '5000001'",
        "doubled: customer 5000001 was registered 2 times",
    ),
    "a declaration is missing": (
        ["declaration"],
        "DELETE FROM declaration WHERE kind = 'contract' AND account_id ="
        " (SELECT id FROM account WHERE customer_number = '5000001')",
        "half: the account of customer 5000001 has no declaration contract",
    ),
    "a declaration came twice": (
        ["declaration"],
        "INSERT INTO declaration SELECT * FROM declaration WHERE kind = 'notice' AND account_id ="
        " (SELECT id FROM account WHERE customer_number = '5000001')",
        "doubled: the account of customer 5000001 has declaration notice",
    ),
    "a welcome is missing": (
        [],
        "DELETE FROM message WHERE kind = 'contract' AND customer_number = '5000001'",
        "half: the account of customer 5000001 has no message contract",
    ),
    "a welcome came twice": (
        ["message"],
        "INSERT INTO message SELECT * FROM message"
        " WHERE kind = 'registered' AND customer_number = '5000001'",
        "doubled: the account of customer 5000001 has message registered",
    ),
    "the audit does not know": (
        ["audit_event"],
        "DELETE FROM audit_event WHERE kind = 'registered' AND customer_number = '5000001'",
        "half: the account of customer 5000001 has no audit event",
    ),
    "a code by SMS was accepted twice": (
        ["audit_event"],
        "INSERT INTO audit_event SELECT * FROM audit_event"
        " WHERE kind = 'sms_code_accepted' AND customer_number = '5000001'",
        "accepted twice: the code by SMS",
    ),
    "a code by e-mail was accepted twice": (
        ["audit_event"],
        "INSERT INTO audit_event SELECT * FROM audit_event"
        " WHERE kind = 'email_confirmed' AND customer_number = '5000001'",
        "accepted twice: the code by e-mail",
    ),
    "a code by SMS was compared more often than it may be": (
        ["audit_event"],
        "INSERT INTO audit_event SELECT event.* FROM audit_event AS event, account, declaration"
        " WHERE event.kind = 'sms_code_wrong' AND event.customer_number = '5000001'",
        "compared too often: the codes by SMS",
    ),
    "a wrong code is not counted any more": (
        ["audit_event"],
        "DELETE FROM audit_event WHERE kind = 'sms_code_wrong' AND customer_number = '5000001'",
        "undone: customer 5000001 was told of 1 wrong codes",
    ),
    "a session lives again": (
        ["session"],
        "UPDATE session SET ended_at = NULL WHERE account_id ="
        " (SELECT id FROM account WHERE customer_number = '5000001')",
        "undone: customer 5000001 has ended 1 sessions",
    ),
    "a message is stuck": (
        [],
        "UPDATE message SET state = 'queued', body = 'x'"
        " WHERE kind = 'registered' AND customer_number = '5000001'",
        "stuck: message",
    ),
}


@pytest.fixture(scope="module")
def sound():
    """A database and a ledger of a few customers who really registered, and nobody runs any more."""
    folder = Folder("checker")
    database = folder.path / "sound.sqlite"
    url = f"sqlite:{database}"
    import_customers(url, count=CUSTOMERS)
    ledger = Ledger(folder.path / "ledger.jsonl")
    with Instance(url) as instance:
        installation = Installation(sqlite_rows(database), [instance], ledger)
        for _ in range(CUSTOMERS):
            customer = installation.customer(lambda: instance.address)
            customer.go_to_code()
            customer.mistype_sms_code()
            customer.enter_sms_code()
            customer.give_email()
            customer.choose_password()
            customer.log_in()
            customer.confirm_email()
            customer.log_out()
            customer.close()
        installation.must_have_kept_its_promises()
        assert instance.stop() == 0
    yield database, ledger
    folder.remove()


def test_a_sound_database_breaks_no_promise(sound):
    database, ledger = sound
    assert broken_promises(ledger, sqlite_rows(database)) == []
    for fact in (MISTYPED, CODE_ACCEPTED, REGISTERED, EMAIL_CONFIRMED, LOGGED_OUT):
        assert ledger.count(fact) == CUSTOMERS


@pytest.mark.parametrize("fault", PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found(fault, sound, tmp_path):
    loose, statement, beginning = fault
    database, ledger = sound
    copy = tmp_path / "copy.sqlite"
    shutil.copy(database, copy)
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        for table in loose:
            connection.executescript(WITHOUT_RULES.format(table=table))
        connection.executescript(statement)
        connection.commit()
    broken = broken_promises(ledger, sqlite_rows(copy))
    assert any(sentence.startswith(beginning) for sentence in broken), broken


def test_a_promise_that_was_never_given_a_row_is_found(sound, tmp_path):
    database, ledger = sound
    longer = tmp_path / "ledger.jsonl"
    shutil.copy(ledger.path, longer)
    longer = Ledger(longer)
    longer.write(REGISTERED, "5999999", "nobody@pelda.example")
    longer.write(REGISTERED, "5000001", "else@pelda.example")
    broken = broken_promises(longer, sqlite_rows(database))
    assert any(sentence.startswith("lost: customer 5999999") for sentence in broken)
    assert any("5000001 was told of accounts with" in sentence for sentence in broken)


def test_a_client_that_gets_no_answer_writes_nothing(tmp_path):
    nobody = Ledger(tmp_path / "ledger.jsonl")
    customer = Installation(None, [], nobody).customer(lambda: ("127.0.0.1", 1), is_tolerant=False)
    customer.mailbox = Mailbox()
    with pytest.raises(AssertionError, match="ConnectionRefusedError"):
        customer.go_to_code()
    assert nobody.facts() == []
