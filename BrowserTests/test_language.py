"""Changing the language keeps the step and what was typed (R1)."""

import re

import pytest

import checks
from browsing import PHONE
from customer import Customer

SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])


@SCRIPTS
def test_the_language_changes_at_every_step_and_nothing_typed_is_lost(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.go_to_identity()
    anna.fill_in_identity()
    typed = [anna.value(field) for field in ("customerNumber", "mobilePrefix", "mobileNumber")]
    _switch(anna, "en")
    assert [anna.value(f) for f in ("customerNumber", "mobilePrefix", "mobileNumber")] == typed
    anna.press("mobileNumber")

    anna.must_be_at("/regisztracio/telefonszam")
    prefix = anna.shown_prefix()
    _switch(anna, "hu")
    assert anna.shown_prefix() == prefix
    anna.enter_sms_code()

    anna.must_be_at("/regisztracio/email")
    anna.fill_in_email(marketing="yes", notice=False)
    _switch(anna, "en")
    assert anna.value("email") == anna.email
    assert anna.page.is_checked('[name="marketing"][value="yes"]')
    assert anna.page.is_checked('[name="dataProcessing"][value="yes"]')
    assert anna.page.is_checked('[name="contract"]')
    assert not anna.page.is_checked('[name="notice"]')
    anna.page.check('[name="notice"]')
    anna.press("email")

    anna.must_be_at("/regisztracio/jelszo")
    _switch(anna, "hu")
    anna.choose_password()

    anna.must_be_at("/regisztracio/sikeres")
    _switch(anna, "en")
    anna.log_in()

    anna.must_be_at("/megerosites")
    prefix = anna.shown_prefix()
    _switch(anna, "hu")
    assert anna.shown_prefix() == prefix
    anna.confirm_email()
    anna.must_be_at("/fiok")
    assert anna.page.get_attribute("html", "lang") == "hu"


@SCRIPTS
def test_an_error_page_changes_its_language_too(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.go_to_identity()
    anna.identify(mobile="12345")
    hungarian = anna.error_summary()
    _switch(anna, "en")
    assert anna.value("mobileNumber") == "12345"
    anna.press("mobileNumber")
    assert anna.status == 422
    assert anna.error_summary() != hungarian
    assert not checks.lost_focus(anna) + checks.faulty_error_state(anna)


def test_hungarian_comes_first_and_the_choice_is_remembered(customers):
    anna = customers.on_phone()
    anna.open("/")
    assert anna.page.get_attribute("html", "lang") == "hu"
    _switch(anna, "en")
    for path in ("/ugyfelportal", "/bejelentkezes", "/gyik"):
        anna.page.goto(path)
        assert anna.page.get_attribute("html", "lang") == "en"
    assert "nyelv=" not in anna.page.url


def test_the_messages_speak_the_language_of_the_page(customers):
    anna = customers.someone(device=PHONE, language="hu")
    bob = customers.someone(device=PHONE, language="en")
    for customer in (anna, bob):
        customer.register()
    for of_anna, of_bob in (
        (_messages(anna, anna.email), _messages(bob, bob.email)),
        (_messages(anna, anna.person.digits), _messages(bob, bob.person.digits)),
    ):
        assert len(of_anna) == len(of_bob) > 1
        assert not of_anna & of_bob


def _messages(customer: Customer, to: str) -> set[tuple[str, str]]:
    """What they say, but for the numbers."""
    return {
        (message.subject, re.sub(r"\S*\d\S*", "", message.text))
        for message in customer.server.delivered_messages(to)
    }


def _switch(customer: Customer, language: str) -> None:
    here = customer.path
    customer.switch_language(language)
    customer.must_be_at(here)
    assert customer.page.get_attribute("html", "lang") == language
