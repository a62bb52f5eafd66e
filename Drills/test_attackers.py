"""Attackers who know a user name, at the running program (attacks 21, 22, 24).

The same stories with a clock that is turned, up to sixty days of patience, are in AccountsTests.
"""

import time

import pytest

from client import EMAIL_CODE, PASSWORD, PREFIX, Browser
from conftest import Installation
from ledger import postgres_rows
from parts import Instance

NETWORKS = 200
# The default of limits.loginFailuresPerUserNamePerDay.
GUESSES_A_DAY = 20
TRUSTING = {"BELEPO_HTTP_TRUSTED_PROXIES": "127.0.0.1"}


@pytest.fixture(scope="module")
def site(postgres, ledger):
    """One instance that believes a proxy of this machine where requests come from."""
    with Instance(postgres.url, **TRUSTING) as instance:
        yield Installation(postgres_rows(postgres.url), [instance], ledger)


def today() -> int:
    """As the limits count days: they begin at midnight UTC."""
    return int(time.time() // 86_400)


def log_in(browser: Browser, email: str, password: str, network: str):
    """Types a password at the login, from a network."""
    origin = {"X-Forwarded-For": network}
    page = browser.get("/bejelentkezes", **origin)
    fields = page.hidden() | {"username": email, "password": password}
    return browser.post("/bejelentkezes", fields, **origin)


def test_two_hundred_networks_learn_little_and_keep_the_owner_out_nowhere(site):
    def choose():
        return site.instances[0].address

    owner = site.customer(choose)
    owner.become_a_user()

    told, first_day = 0, today()
    for number in range(NETWORKS):
        robot = Browser(choose)
        answer = log_in(robot, owner.email, f"Rossz{number}Jelszo", f"198.51.100.{number + 1}")
        robot.close()
        # A page that asks for a code tells nothing about the password.
        assert answer.status in (303, 422), answer.status
        if answer.status == 422:
            told += 1
        else:
            assert answer.location == "/bejelentkezes/kod"
    # Whoever guesses over midnight has two days.
    assert 0 < told <= GUESSES_A_DAY * (today() - first_day + 1)

    known = log_in(owner, owner.email, PASSWORD, "203.0.113.7")
    assert (known.status, known.location) == (303, "/fiok")

    elsewhere = Browser(choose)
    asked = log_in(elsewhere, owner.email, PASSWORD, "203.0.113.8")
    assert (asked.status, asked.location) == (303, "/bejelentkezes/kod")
    origin = {"X-Forwarded-For": "203.0.113.8"}
    page = elsewhere.get("/bejelentkezes/kod", **origin)
    prefix = PREFIX.search(page.body).group(1)
    code = site.mailbox.next_code(owner.email, prefix, EMAIL_CODE)
    answer = elsewhere.post("/bejelentkezes/kod", page.hidden() | {"code": code[1:]}, **origin)
    assert (answer.status, answer.location) == (303, "/fiok")


def test_a_stranger_at_the_recovery_keeps_the_owners_code_alive(site):
    def choose():
        return site.instances[0].address

    owner = site.customer(choose)
    owner.become_a_user()

    def ask(browser: Browser, network: str):
        origin = {"X-Forwarded-For": network}
        page = browser.get("/elfelejtett-jelszo", **origin)
        browser.post("/elfelejtett-jelszo", page.hidden() | {"email": owner.email}, **origin)
        return browser.get("/elfelejtett-jelszo/uj-jelszo", **origin)

    asking = Browser(choose)
    page = ask(asking, "203.0.113.9")
    prefix = PREFIX.search(page.body).group(1)
    for number in range(10):
        ask(Browser(choose), f"198.51.100.{number + 1}")
    code = site.mailbox.next_code(owner.email, prefix, EMAIL_CODE)
    new = {"code": code[1:], "password": "Napraforgo31", "passwordAgain": "Napraforgo31"}
    answer = asking.post(
        "/elfelejtett-jelszo/uj-jelszo",
        page.hidden() | new,
        **{"X-Forwarded-For": "203.0.113.9"},
    )
    assert (answer.status, answer.location) == (303, "/bejelentkezes?uzenet=uj-jelszo")
