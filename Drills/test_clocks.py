"""Somebody sets the clock of the machine while a customer registers: nothing lives longer (attack 7)."""

import contextlib
import json

from client import Browser
from parts import Folder, Instance, built_library
from waiting import wait_until

PAGE = "/regisztracio/telefonszam"
HOUR = 3600
# A code's: over soon where a story waits for that, and else long enough for a machine that is busy.
SOON_SECONDS = 20
LATE_SECONDS = 600
ANNA = {
    "kind": "policy",
    "policyNumber": "LA-2023-004512",
    "customerNumber": "",
    "mobilePrefix": "30",
    "mobileNumber": "1234567",
}


@contextlib.contextmanager
def machine(life: int = LATE_SECONDS):
    """An instance on the embedded database, and the clock that it is told."""
    folder = Folder("clock")
    clock = folder.path / "offset"
    clock.write_text("0")
    try:
        with Instance(
            f"sqlite:{folder.path}/drill.sqlite",
            LD_PRELOAD=str(built_library("set_clock", folder.path)),
            CLOCK_OFFSET=str(clock),
            BELEPO_CODES_SMS_LIFETIME=f"{life}s",
            BELEPO_LIMITS_SAME_CODE_FOR="0s",
        ) as instance:
            yield instance, lambda seconds: clock.write_text(str(seconds))
    finally:
        folder.remove()


def begins(instance) -> tuple[Browser, str]:
    """Anna waits for her code, and has it."""
    browser = Browser(lambda: instance.address)
    browser.get("/regisztracio")
    assert browser.post("/regisztracio", browser.page.hidden() | ANNA).location == PAGE
    wait_until(lambda: instance.caught(1), "the SMS is caught")
    browser.get(PAGE)
    code = instance.caught(1)[0]["text"].rsplit("#", 1)[1].strip()
    assert len(code) == 5
    return browser, code


def types(browser: Browser, code: str) -> int:
    return browser.post(PAGE, browser.page.hidden() | {"code": code}).status


def test_a_code_is_accepted_by_the_clock_that_it_was_made_by():
    """Without this, the other stories would show nothing."""
    with machine() as (instance, _):
        browser, code = begins(instance)
        assert types(browser, code) == 303


def test_a_clock_that_is_set_back_while_we_run_revives_nothing():
    with machine(SOON_SECONDS) as (instance, set_clock):
        browser, code = begins(instance)
        set_clock(-HOUR)

        def is_over():
            page = browser.get(PAGE)
            return 'name="code"' not in page.body

        wait_until(is_over, "the code is over, though the clock says that it is not")
        assert types(browser, code) == 422
        told = lambda: instance.log_lines('"event":"clock_skew"')
        wait_until(told, "the log tells of the clock")
        # What the log says of the time is the machine's, and an hour ago.
        assert json.loads(told()[0])["level"] == "warning"


def test_a_clock_that_was_set_back_while_nobody_ran_revives_nothing():
    with machine() as (instance, set_clock):
        browser, code = begins(instance)
        # The latest time is kept twice a minute, and the first time at start.
        assert instance.stop() == 0
        set_clock(-HOUR)
        instance.start()
        told = lambda: instance.log_lines('"event":"clock_set_back"')  # noqa: E731
        wait_until(told, "the log tells of the clock")
        assert len(told()) == 1
        # The connection that was kept ended with the program.
        browser.close()
        answer = browser.post(PAGE, browser.page.hidden() | {"code": code})
        assert answer.location != "/regisztracio/email", instance.log_tail()
        # And whoever begins now is served by the new time.
        newcomer, code = begins(instance)
        assert types(newcomer, code) == 303
