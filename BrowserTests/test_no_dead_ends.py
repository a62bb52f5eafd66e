"""Back, reload, double click, two tabs, a lost session, a bookmark, a second device (R2)."""

import http.client
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from playwright.sync_api import expect

import checks
from customer import Customer
from waiting import GUARD_SECONDS

SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])


@dataclass
class Step:
    arrive: Callable[[Customer], None]
    fill_in: Callable[[Customer], None]
    field: str  # one that is in the step's form
    onward: str  # where the form leads
    sends: int = 0  # how many messages follow


def _fill_in_password(customer: Customer) -> None:
    customer.type("password", customer.password)
    customer.type("passwordAgain", customer.password)


def _fill_in_sms_code(customer: Customer) -> None:
    customer.type("code", customer.sms_code()[1:])


def _fill_in_email_code(customer: Customer) -> None:
    customer.type("code", customer.email_code()[1:])


STEPS = {
    "identity": Step(
        Customer.go_to_identity,
        Customer.fill_in_identity,
        "mobileNumber",
        "/regisztracio/telefonszam",
        sends=1,
    ),
    "sms code": Step(Customer.go_to_code, _fill_in_sms_code, "code", "/regisztracio/email"),
    "email": Step(Customer.go_to_email, Customer.fill_in_email, "email", "/regisztracio/jelszo"),
    # A letter with the code, one with the contract, and an SMS to the number on file.
    "password": Step(
        Customer.go_to_password,
        _fill_in_password,
        "passwordAgain",
        "/regisztracio/sikeres",
        sends=3,
    ),
    "confirmation": Step(Customer.go_to_confirmation, _fill_in_email_code, "code", "/fiok"),
}
EVERY_STEP = pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)


@SCRIPTS
@EVERY_STEP
def test_reloading_a_step_sends_nothing_and_keeps_the_place(step, javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    step.arrive(anna)
    here, sent = anna.path, _delivered(anna)
    for _ in range(3):
        anna.reload()
    anna.must_be_at(here)
    assert anna.page.locator(f'[name="{step.field}"]').count() == 1
    assert _delivered(anna) == sent


@SCRIPTS
@EVERY_STEP
def test_going_back_after_a_step_and_on_again(step, javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    step.arrive(anna)
    step.fill_in(anna)
    anna.press(step.field)
    anna.must_be_at(step.onward)
    sent = _delivered(anna)
    anna.go_back()
    assert not checks.dead_end(anna)
    anna.reload()
    assert not checks.dead_end(anna)
    anna.page.go_forward()
    assert not checks.dead_end(anna)
    anna.open(step.onward)
    anna.must_be_at(step.onward)
    assert _delivered(anna) == sent


@EVERY_STEP
def test_a_page_with_a_mistake_comes_again_by_its_address(step, customers):
    anna = customers.on_phone()
    step.arrive(anna)
    here, sent = anna.path, _delivered(anna)
    anna.press(step.field)
    anna.press(step.field)
    anna.go_back()
    anna.must_be_at(here)
    assert not checks.dead_end(anna)
    anna.reload()
    assert anna.page.locator(f'[name="{step.field}"]').count() == 1
    assert _delivered(anna) == sent


def test_going_back_to_the_first_step_shows_what_was_given(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    anna.go_back()
    anna.must_be_at("/regisztracio")
    assert anna.value("customerNumber") == anna.person.number
    assert anna.value("mobileNumber").replace(" ", "").endswith(anna.person.line)


@SCRIPTS
@EVERY_STEP
def test_a_double_click_is_one_click(step, javascript, customers):
    anna = customers.at_desk(javascript=javascript)
    step.arrive(anna)
    sent = _delivered(anna)
    step.fill_in(anna)
    button = anna.button(step.field)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    # Nothing is answered before both clicks are made: the second is for this page, not the next.
    with anna.server.locked():
        anna.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # The first click's request is given up for the second's: no single navigation to wait for.
    onward = re.compile(re.escape(step.onward) + r"(\?|$)")
    expect(anna.page).to_have_url(onward)
    anna.page.wait_for_load_state()
    assert not checks.dead_end(anna)
    # A click too many has a request of its own, whose answer nobody sees.
    anna.page.wait_for_timeout(1_000)
    assert _delivered(anna) - sent == step.sends


@EVERY_STEP
def test_the_button_works_again_after_going_back(step, customers):
    anna = customers.at_desk()
    step.arrive(anna)
    anna.press(step.field)
    anna.go_back()
    if not anna.page.locator(f'[name="{step.field}"]').count():
        return
    step.fill_in(anna)
    anna.press(step.field)
    assert not checks.dead_end(anna)


@EVERY_STEP
def test_two_posts_at_the_same_moment_are_one(step, customers):
    anna = customers.at_desk()
    step.arrive(anna)
    sent = _delivered(anna)
    step.fill_in(anna)
    answers = _post_twice_at_once(anna, step.field)
    assert [status for status, _ in answers] == [303, 303], answers
    assert {urlsplit(location).path for _, location in answers} == {step.onward}
    assert _delivered(anna) - sent == step.sends
    anna.open(step.onward)
    anna.must_be_at(step.onward)


@SCRIPTS
@EVERY_STEP
def test_two_tabs_at_the_same_step(step, javascript, customers):
    first = customers.at_desk(javascript=javascript)
    step.arrive(first)
    second = first.in_second_tab()
    step.fill_in(first)
    step.fill_in(second)
    first.press(step.field)
    first.must_be_at(step.onward)
    second.press(step.field)
    assert not checks.dead_end(second)
    for tab in (second, first):
        tab.open(step.onward)
        tab.must_be_at(step.onward)


def test_two_registrations_in_two_tabs_do_not_mix(customers):
    anna = customers.at_desk()
    bela = customers.at_desk()
    anna.go_to_code()
    second = anna.in_second_tab()
    second.person = bela.person
    second.go_to_identity()
    second.identify()
    second.must_be_at("/regisztracio/telefonszam")
    anna.enter_sms_code()
    assert not checks.dead_end(anna)
    if anna.path == "/regisztracio/email":
        # Both may go on, each with the one whose code it was.
        anna.give_email()
        anna.choose_password()
        anna.log_in()
        anna.confirm_email()
        for policy in anna.person.policies:
            assert policy.number in anna.text
        for policy in bela.person.policies:
            assert policy.number not in anna.text


@SCRIPTS
@EVERY_STEP
def test_a_lost_session_is_explained(step, javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    step.arrive(anna)
    step.fill_in(anna)
    anna.forget_cookies()
    anna.press(step.field)
    assert not checks.dead_end(anna)
    if step.onward != "/regisztracio/telefonszam":
        assert anna.path != step.onward


@pytest.mark.parametrize(
    "path",
    [
        "/regisztracio/telefonszam",
        "/regisztracio/email",
        "/regisztracio/jelszo",
        "/regisztracio/sikeres",
        "/megerosites",
        "/megerosites/email-cim",
        "/fiok",
        "/fiok/adatok",
        "/fiok/levelezesi-cim/megerosites",
        "/elfelejtett-jelszo/uj-jelszo",
    ],
)
def test_a_bookmark_in_the_middle(path, customers):
    anna = customers.on_phone()
    anna.open(path)
    assert not checks.dead_end(anna)


@pytest.mark.parametrize(
    "path",
    ["/regisztracio/telefonszam/uj-kod", "/kijelentkezes", "/megerosites/uj-kod"],
)
def test_an_address_that_is_only_for_buttons(path, customers):
    anna = customers.on_phone()
    anna.open(path)
    assert anna.status == 405
    assert anna.page.locator("h1").count() == 1
    assert anna.page.locator("main a[href]").count()


def test_a_step_too_far_ahead_leads_back_to_the_right_one(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    for path in ("/regisztracio/email", "/regisztracio/jelszo", "/regisztracio/sikeres"):
        anna.open(path)
        assert not checks.dead_end(anna)
        assert not anna.page.locator('[name="email"], [name="passwordAgain"]').count()
    anna.open("/regisztracio/telefonszam")
    anna.enter_sms_code()
    anna.must_be_at("/regisztracio/email")


def test_registered_on_the_phone_and_confirmed_at_the_desk(customers):
    on_phone = customers.on_phone()
    on_phone.register()
    at_desk = customers.at_desk(person=on_phone.person)
    at_desk.email = on_phone.email
    at_desk.log_in()
    at_desk.confirm_email()
    at_desk.must_be_at("/fiok")
    on_phone.log_in()
    on_phone.must_be_at("/fiok")


def test_a_registration_begun_on_the_phone_is_begun_anew_at_the_desk(customers):
    on_phone = customers.on_phone()
    on_phone.go_to_code()
    on_phone.sms_code()
    at_desk = customers.at_desk(person=on_phone.person)
    at_desk.go_to_code()
    sms = at_desk.server.wait_for_message(at_desk.person.digits, after=1)
    at_desk.enter_sms_code(sms.code(at_desk.shown_prefix())[1:])
    at_desk.must_be_at("/regisztracio/email")


def _delivered(customer: Customer) -> int:
    """How many messages this person has got so far."""
    sms = customer.server.delivered_messages(customer.person.digits)
    return len(sms) + len(customer.server.delivered_messages(customer.email))


def _post_twice_at_once(customer: Customer, field: str) -> list[tuple[int, str]]:
    """Sends the form twice as it stands, and gives the browser the cookies of both answers."""
    form = customer.page.evaluate(
        """field => {
          const form = document.querySelector(`[name="${field}"]`).form
          return {action: form.action, fields: [...new FormData(form)]}
        }""",
        field,
    )
    target = urlsplit(urljoin(customer.page.url, form["action"]))
    cookies = customer.visit.context.cookies(customer.server.url)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies),
        "Host": target.netloc,
        "Origin": customer.server.url,
        "Referer": customer.page.url,
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    path = target.path + (f"?{target.query}" if target.query else "")
    body = urlencode([(name, value) for name, value in form["fields"]])
    answers, starting = [], threading.Barrier(2, timeout=GUARD_SECONDS)

    def post():
        connection = http.client.HTTPConnection(
            target.hostname, target.port, timeout=GUARD_SECONDS
        )
        connection.connect()
        starting.wait()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        location, set_cookies = answer.getheader("Location", ""), answer.msg.get_all("Set-Cookie")
        answers.append((answer.status, location, set_cookies))
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _, _, set_cookies in answers:
        for cookie in set_cookies or []:
            name, _, value = cookie.split(";")[0].partition("=")
            if value:
                customer.visit.context.add_cookies(
                    [
                        {
                            "name": name.strip(),
                            "value": value,
                            # Chromium takes __Host- cookies only for a secure address.
                            "url": customer.server.url.replace("http:", "https:"),
                            "secure": True,
                            "httpOnly": True,
                        }
                    ]
                )
    return [(status, location) for status, location, _ in answers]
