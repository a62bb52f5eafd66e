"""A forgotten password, and an address that was never confirmed."""

import pytest
from playwright.sync_api import expect

import checks
from customer import wrong

SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
NEW = "Napraforgo31"
PAGE = "/elfelejtett-jelszo/uj-jelszo"


def ask(customer):
    """Asks for a code; returns it, and how many letters there were before."""
    letters = len(customer.server.delivered_messages(customer.email))
    customer.open("/elfelejtett-jelszo")
    customer.type("email", customer.email)
    customer.press("email")
    customer.must_be_at(PAGE)
    return customer.server.wait_for_code(customer.email, customer.shown_prefix(), letters)


def save(customer, code, password=NEW, again=None):
    customer.type("code", code)
    customer.type("password", password)
    customer.type("passwordAgain", password if again is None else again)
    customer.press("code")


@SCRIPTS
def test_mistakes_cost_nothing_but_a_wrong_code(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    anna.forget_cookies()
    code = ask(anna)
    save(anna, code[1:], again="Napraforgo32")
    assert anna.status == 422 and not checks.lost_focus(anna) + checks.faulty_error_state(anna)
    save(anna, code[1:], password="napraforgo31")
    assert anna.status == 422 and not checks.faulty_error_state(anna)
    save(anna, code[1:], password=anna.password)
    assert anna.status == 422 and not checks.faulty_error_state(anna)
    save(anna, wrong(code)[1:])
    assert anna.status == 422 and not checks.lost_focus(anna) + checks.faulty_error_state(anna)
    assert "4" in anna.error_summary()
    save(anna, code[1:])
    anna.must_be_at("/bejelentkezes")
    anna.log_in(password=NEW)
    anna.must_be_at("/fiok")


def test_the_rules_tick_themselves_off(customers):
    anna = customers.on_phone()
    anna.become_a_user()
    anna.forget_cookies()
    ask(anna)
    met = anna.page.locator(".rules .met")
    assert met.count() == 0
    anna.page.focus('[name="password"]')
    anna.page.keyboard.type(NEW)
    expect(met).to_have_count(5)


@SCRIPTS
def test_another_device_is_logged_out(javascript, customers):
    on_phone = customers.on_phone(javascript=javascript)
    on_phone.become_a_user()
    at_desk = customers.at_desk(person=on_phone.person)
    at_desk.email = on_phone.email
    save(at_desk, ask(at_desk)[1:])
    at_desk.must_be_at("/bejelentkezes")
    on_phone.open("/fiok")
    on_phone.must_be_at("/bejelentkezes")


@SCRIPTS
def test_back_and_reload_after_it_lead_on(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    anna.forget_cookies()
    save(anna, ask(anna)[1:])
    anna.reload()
    anna.must_be_at("/bejelentkezes")
    anna.open(PAGE)
    assert not checks.dead_end(anna)
    anna.follow('main a[href="/bejelentkezes"]')


@SCRIPTS
def test_who_never_confirmed_the_address_registers_again(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.register()
    mistyped = anna.email
    anna.open("/bejelentkezes")
    anna.follow('main a[href^="/elfelejtett-jelszo"]')
    anna.follow('main a[href="/regisztracio"]')
    # The first code is another registration's.
    letters = len(anna.server.delivered_messages(anna.person.digits))
    anna.identify()
    anna.server.wait_for_message(anna.person.digits, letters)
    anna.enter_sms_code()
    anna.must_be_at("/regisztracio/email")
    anna.give_email("jo." + mistyped)
    anna.choose_password(NEW)
    anna.must_be_at("/regisztracio/sikeres")
    anna.log_in(username=mistyped, password="Kertmozi27")
    assert anna.status == 422
    anna.log_in()
    anna.must_be_at("/megerosites")
    anna.confirm_email()
    anna.must_be_at("/fiok")
