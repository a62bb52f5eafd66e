"""What a screen reader is told of each page of the journey, as it was reviewed.

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
        # Late in the evening a time has its day.
        (r"(?:\w+\s\d+\. )?\b\d{1,2}:\d\d\b", "TIME"),
        (r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", "CASE"),
        (r"ugyfel\.\d+@", "ugyfel@"),
        (r"\d+ másodperc", "N másodperc"),
        (r"20\d\d\.\s\w+\s\d+\.", "DAY"),
        (r"(A kód első karaktere:) \w", r"\1 X"),
    ):
        tree = re.sub(pattern, word, tree)
    return tree + "\n"


def journey(anna):
    anna.open("/ugyfelportal")
    yield "start"
    anna.go_to_identity()
    yield "identification"
    anna.go_to_code()
    yield "sms-code"
    anna.enter_sms_code()
    yield "email"
    anna.give_email()
    yield "password"
    anna.choose_password()
    yield "success"
    anna.open("/bejelentkezes")
    yield "login"
    anna.log_in()
    yield "confirmation"


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
