"""What a screen reader is told of each page of the journey and the account, as it was reviewed.

UPDATE=1 BrowserTests/run.sh -n 0 test_what_is_read_aloud.py writes it anew; read the difference.
"""

import os
import re
from pathlib import Path

import pytest

READ = Path(__file__).parent / "read_aloud"


def told(customer) -> str:
    """Without what differs from run to run: times, codes, addresses, numbers of cases."""
    tree = customer.page.locator("main").aria_snapshot()
    for pattern, word in (
        (r"20\d\d\.\s\w+\s\d+\.", "DAY"),
        # Late in the evening a time has its day.
        (r"(?:\w+\s\d+\. )?\b\d{1,2}:\d\d\b", "TIME"),
        (r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", "CASE"),
        (r"ugyfel\.\d+@", "ugyfel@"),
        (r"\d+ másodperc", "N másodperc"),
        (r"(A kód első karaktere:) \w", r"\1 X"),
    ):
        tree = re.sub(pattern, word, tree)
    return tree + "\n"


def journey(anna):
    anna.open("/ugyfelportal")
    yield "start"
    anna.go_to_identity()
    yield "identification"
    anna.press("mobileNumber")
    yield "identification-mistakes"
    anna.go_to_code()
    yield "sms-code"
    anna.enter_sms_code()
    yield "email"
    anna.press("email")
    yield "email-mistakes"
    anna.give_email()
    yield "password"
    anna.submit(password="kertmozi", passwordAgain="kertmozi")
    yield "password-mistakes"
    anna.choose_password()
    yield "success"
    anna.open("/bejelentkezes")
    yield "login"
    anna.submit(username="", password="")
    yield "login-mistakes"
    anna.log_in()
    yield "confirmation"
    anna.open("/fiok")
    yield "overview-before-confirmation"
    anna.open("/megerosites")
    anna.confirm_email()
    yield from account(anna)
    anna.press_in_form("/kijelentkezes")
    yield "logged-out"


def account(anna):
    # Without the news that the address is confirmed.
    anna.open("/fiok")
    yield "overview"
    for path, stop in (
        ("/fiok/adatok", "details"),
        ("/fiok/biztonsag", "security"),
        ("/fiok/jelszo", "own-password"),
        ("/fiok/levelezesi-cim", "contact-address"),
        ("/fiok/felhasznalonev", "user-name"),
        ("/fiok/szerzodes/felmondas", "end-of-the-contract"),
        ("/fiok/adataim", "data-rights"),
        ("/idokorlat", "time-limit"),
        ("/regisztracio/jelszo", "out-of-turn"),
    ):
        anna.open(path)
        yield stop


@pytest.mark.parametrize("device", ["phone"])
def test_the_journey_is_told_as_it_was_reviewed(customers, device, people, subtests):
    anna = customers.on_phone(person=people["7654321"] if "7654321" in people else None)
    for stop in journey(anna):
        file = READ / f"{stop}.txt"
        if os.environ.get("UPDATE"):
            READ.mkdir(exist_ok=True)
            file.write_text(told(anna))
        with subtests.test(stop):
            assert told(anna) == file.read_text()
