"""Nothing personal in addresses and logs, nothing from elsewhere, cookies that stay at home."""

import re

import pytest

from customer import Customer, wrong
from server import Server


@pytest.fixture
def server_of_its_own(server_with) -> Server:
    return server_with()


def test_addresses_and_logs_know_nobody(server_of_its_own, customers):
    anna = customers.on_phone(server=server_of_its_own)
    anna.go_to_identity()
    anna.identify(mobile="5559999")
    anna.identify()
    sms_code = anna.sms_code()
    anna.enter_sms_code(wrong(sms_code)[1:])
    anna.enter_sms_code(sms_code[1:])
    anna.give_email()
    anna.choose_password()
    anna.log_in(password="Valami99")
    anna.log_in()
    email_code = anna.email_code()
    anna.confirm_email()
    anna.open("/fiok")

    secrets = {
        "mobile": anna.person.line,
        "name": anna.person.name,
        "customer number": anna.person.number,
        "policy number": anna.person.policies[0].number,
        "address": anna.email,
        "password": anna.password,
        "SMS code": sms_code[1:],
        "e-mail code": email_code[1:],
    }
    log = server_of_its_own.log.read_text()
    assert log.strip(), "the log is empty"
    requests = "\n".join(anna.visit.requests)
    # Digits of a code may occur in a time by chance, never as a word of their own.
    for what, secret in secrets.items():
        word = re.compile(rf"(?<![\w.]){re.escape(secret)}(?!\w)")
        assert not word.search(log), f"{what} in the log"
        assert not word.search(requests), f"{what} in an address"


def test_cookies_stay_at_home(customers):
    anna = customers.on_phone()
    anna.register()
    anna.log_in()
    anna.confirm_email()
    cookies = anna.visit.context.cookies()
    assert cookies
    for cookie in cookies:
        assert cookie["name"].startswith("__Host-"), cookie["name"]
        assert cookie["secure"] and cookie["httpOnly"], cookie["name"]
        assert cookie["sameSite"] in ("Lax", "Strict"), cookie["name"]


def test_personal_pages_are_not_kept_by_the_browser(customers):
    anna = customers.on_phone()
    anna.become_a_user()
    for path in ("/fiok", "/regisztracio", "/bejelentkezes"):
        answer = anna.page.goto(path)
        assert "no-store" in answer.headers.get("cache-control", ""), path


def test_no_page_can_be_framed_or_run_anything_foreign(customers):
    anna: Customer = customers.on_phone()
    for path in ("/", "/ugyfelportal", "/regisztracio", "/bejelentkezes", "/nincs-ilyen-oldal"):
        policy = anna.page.goto(path).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "*" not in policy
