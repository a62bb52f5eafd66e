"""The code from the SMS and the code from the letter."""

import pytest

import checks
from customer import wrong

WAYS_TO_WRITE_A_CODE = {
    "the last five": lambda code: code[1:],
    "all six": lambda code: code,
    "five with a space": lambda code: f"{code[1:3]} {code[3:]}",
    "five with a hyphen": lambda code: f"{code[1:4]}-{code[4:]}",
    "six with a space": lambda code: f"{code[:3]} {code[3:]}",
    "six with a hyphen": lambda code: f"{code[:3]}-{code[3:]}",
    "spaces around": lambda code: f"  {code[1:]}\u00a0",
    "lower case": lambda code: code[1:].lower(),
    "all six in lower case": lambda code: code.lower(),
}


@pytest.mark.parametrize("way", WAYS_TO_WRITE_A_CODE.values(), ids=WAYS_TO_WRITE_A_CODE)
def test_both_codes_written_in_one_of_many_ways(way, customers):
    anna = customers.on_phone()
    anna.go_to_code()
    anna.enter_sms_code(way(anna.sms_code()))
    anna.must_be_at("/regisztracio/email")
    anna.give_email()
    anna.choose_password()
    anna.log_in()
    anna.confirm_email(way(anna.email_code()))
    anna.must_be_at("/fiok")


def test_the_sms_can_be_read_and_filled_in_by_the_phone(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    code = anna.sms_code()
    assert code[0] == anna.shown_prefix()
    assert anna.newest_sms().text.splitlines()[-1] == f"@localhost #{code[1:]}"
    box = anna.page.locator('[name="code"]')
    assert box.get_attribute("autocomplete") == "one-time-code"
    assert box.get_attribute("inputmode") == "numeric"


def test_a_wrong_code_says_how_many_tries_are_left_until_there_are_none(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    code = anna.sms_code()
    for left in ("4", "3", "2", "egyszer"):
        anna.enter_sms_code(wrong(code)[1:])
        assert anna.status == 422
        assert left in anna.error_summary()
        assert anna.value("code") == ""
        assert not checks.lost_focus(anna) + checks.faulty_error_state(anna)
    anna.enter_sms_code(wrong(code)[1:])
    assert not checks.dead_end(anna)
    assert "421" in anna.text
    anna.open("/regisztracio/telefonszam")
    if anna.page.locator('[name="code"]').count():
        anna.enter_sms_code(code[1:])
    assert anna.path != "/regisztracio/email", "the right code came too late and was taken"


def test_something_that_cannot_be_a_code_costs_no_try(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    code = anna.sms_code()
    for typed in ("", "12", "12345678", "áéíóö"):
        anna.enter_sms_code(typed)
        assert anna.status == 422 and not checks.faulty_error_state(anna)
    anna.enter_sms_code(wrong(code)[1:])
    assert "4" in anna.error_summary()
    anna.enter_sms_code(code[1:])
    anna.must_be_at("/regisztracio/email")


def test_another_sms_too_early_says_when_and_sends_nothing(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    anna.ask_for_a_code_just_sent("/regisztracio/telefonszam/uj-kod", "registration")
    assert not checks.dead_end(anna)
    assert anna.sms_count() == 1


def test_changing_the_language_never_asks_for_another_sms(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    anna.ask_for_a_code_just_sent("/regisztracio/telefonszam/uj-kod", "registration")
    # Now another one would be sent if it were asked for.
    anna.let_time_pass_since_the_code()
    anna.switch_language("en")
    assert not checks.dead_end(anna) and anna.status != 405
    assert anna.page.get_attribute("html", "lang") == "en"
    assert anna.sms_count() == 1


def test_another_sms_repeats_the_code_that_is_still_on_its_way(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    first = anna.sms_code()
    anna.let_time_pass_since_the_code()
    anna.press_in_form("/regisztracio/telefonszam/uj-kod")
    second = anna.server.wait_for_message(anna.person.digits, after=1)
    assert second.code(anna.shown_prefix()) == first
    anna.enter_sms_code(first[1:])
    anna.must_be_at("/regisztracio/email")


def test_not_more_than_three_sms_in_one_registration(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    for _ in range(2):
        # One that still waits would be replaced by the next.
        anna.sms_count()
        anna.let_time_pass_since_the_code()
        anna.open("/regisztracio/telefonszam")
        anna.press_in_form("/regisztracio/telefonszam/uj-kod")
        assert not checks.dead_end(anna)
    assert anna.sms_count() == 3
    anna.let_time_pass_since_the_code()
    anna.open("/regisztracio/telefonszam")
    assert not anna.page.locator('form[action="/regisztracio/telefonszam/uj-kod"]').count()
    assert not checks.dead_end(anna)


def test_an_expired_code_offers_a_new_one(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    first = anna.sms_code()
    anna.let_time_pass_since_the_code(11 * 60)
    anna.enter_sms_code(first[1:])
    assert anna.status == 422 and not checks.faulty_error_state(anna)
    anna.press_in_form("/regisztracio/telefonszam/uj-kod")
    sms = anna.server.wait_for_message(anna.person.digits, after=1)
    anna.enter_sms_code(sms.code(anna.shown_prefix())[1:])
    anna.must_be_at("/regisztracio/email")


def test_the_code_is_used_once(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    code = anna.sms_code()
    stale = anna.in_second_tab()
    anna.enter_sms_code(code[1:])
    stale.type("code", code[1:])
    stale.press("code")
    assert not checks.dead_end(stale)
    stale.must_be_at("/regisztracio/email")
