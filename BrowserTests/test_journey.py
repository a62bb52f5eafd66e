"""From the insurer's opening page to the whole portal, as different people go through it."""

import re

import pytest
from playwright.sync_api import expect

import checks
from browsing import DESKTOP, PHONE
from customer import Customer

DEVICES = pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])


@DEVICES
@SCRIPTS
@pytest.mark.parametrize("language", ["hu", "en"])
def test_a_customer_becomes_a_user_of_the_portal(device, javascript, language, customers):
    anna = customers.someone(device=device, javascript=javascript, language=language)
    _becomes_a_user(anna)
    for policy in anna.person.policies:
        assert policy.number in anna.text


def test_the_pages_have_the_headings_and_buttons_of_the_description(customers):
    anna = customers.at_desk()
    anna.open("/ugyfelportal")
    expect(anna.page.locator("main")).to_contain_text("Regisztráció")
    expect(anna.page.locator("main")).to_contain_text("Regisztrálok")
    expect(anna.page.locator("main")).to_contain_text("Bejelentkezés")
    anna.follow('main a[href^="/regisztracio"]')
    _reads(anna, "Regisztráció", "mobileNumber", "Tovább")
    expect(anna.page.locator("main")).to_contain_text("Kötvényszám")
    expect(anna.page.locator("main")).to_contain_text("Ügyfélszámlaszám")
    anna.identify()
    _reads(anna, "Telefonszám ellenőrzése", "code", "Tovább")
    expect(anna.page.locator("main")).to_contain_text("Ellenőrző kód")
    _offers_the_way_back_to_the_main_page(anna)
    anna.enter_sms_code()
    _reads(anna, "E-mail megadása", "email", "Tovább")
    for words in (
        "Marketing célú nyilatkozat",
        "Adatkezelési nyilatkozat",
        "Elfogadom",
        "Nem fogadom el",
        "Ügyfélportál-szerződést szeretnék kötni",
        "A tájékoztatót elfogadom",
    ):
        expect(anna.page.locator("main")).to_contain_text(words)
    _offers_the_way_back_to_the_main_page(anna)
    anna.give_email()
    _reads(anna, "Jelszó", "password", "Befejezés")
    expect(anna.page.locator("main")).to_contain_text("Jelszó még egyszer")
    _offers_the_way_back_to_the_main_page(anna)
    anna.choose_password()
    expect(anna.page.locator("h1")).to_have_text("Sikeres regisztráció!")
    expect(anna.page.locator('main a[href^="/bejelentkezes"]')).to_have_text("Tovább")
    _offers_the_way_back_to_the_main_page(anna)


@SCRIPTS
def test_a_customer_who_has_only_a_policy_at_hand(javascript, customers):
    peter = customers.on_phone(javascript=javascript)
    peter.open_portal()
    peter.identify(kind="policy")
    peter.must_be_at("/regisztracio/telefonszam")


@pytest.mark.parametrize("number", ["1234567", "2345678", "A1B2C34"])
def test_the_three_customers_of_the_documents(number, people, customers):
    _becomes_a_user(customers.on_phone(person=people[number]))


@SCRIPTS
def test_an_address_on_file_is_taken_with_one_button(javascript, customers):
    anna = customers.on_phone(javascript=javascript, email_on_file=True)
    anna.go_to_email()
    assert anna.person.email not in anna.page.content()
    anna.declare()
    assert "•••@" in anna.text
    with anna.page.expect_navigation():
        anna.page.click('button[name="useAddressOnFile"]')
    anna.must_be_at("/regisztracio/jelszo")
    anna.choose_password()
    anna.email = anna.person.email
    assert anna.newest_letter()
    anna.log_in()
    anna.confirm_email()
    anna.must_be_at("/fiok")


def test_someone_who_declines_both_declarations_is_not_held_up(customers):
    anna = customers.on_phone()
    anna.go_to_email()
    anna.give_email(marketing="no", data_processing="no")
    anna.must_be_at("/regisztracio/jelszo")
    anna.choose_password()
    anna.must_be_at("/regisztracio/sikeres")


@SCRIPTS
@pytest.mark.parametrize("language", ["hu", "en"])
def test_a_step_back_from_the_address_loses_nothing(javascript, language, customers):
    anna = customers.on_phone(javascript=javascript, language=language)
    anna.go_to_email()
    anna.fill_in_email(email="felkesz@", marketing="yes", notice=False)
    back = anna.page.locator("main button.back-link")
    assert back.inner_text().strip() == {"hu": "Vissza", "en": "Back"}[language]
    with anna.page.expect_navigation():
        back.click()
    anna.must_be_at("/regisztracio")
    assert not checks.everything(anna)
    anna.follow('main a[href="/regisztracio/email"]')
    anna.must_be_at("/regisztracio/email")
    assert anna.value("email") == "felkesz@"
    assert anna.page.is_checked('[name="marketing"][value="yes"]')
    assert anna.page.is_checked('[name="contract"]') and not anna.page.is_checked('[name="notice"]')
    assert not checks.everything(anna)


def test_nothing_is_ticked_beforehand(customers):
    anna = customers.on_phone()
    anna.go_to_email()
    assert anna.page.locator("main :checked:not(option)").count() == 0


def test_freemail_users_are_told_with_emphasis_where_the_letter_may_be(customers):
    anna, bela = customers.on_phone(), customers.on_phone()
    anna.register(email=anna.email.replace("example.com", "freemail.hu"))
    bela.register()
    for customer in (anna, bela):
        assert re.search("freemail", customer.text, re.IGNORECASE)
    assert anna.page.locator("main strong", has_text="spam").count() == 1
    assert bela.page.locator("main strong", has_text="spam").count() == 0


def test_someone_who_has_an_account_already_learns_it_only_after_the_code(customers):
    anna = customers.on_phone()
    anna.become_a_user()
    sent = anna.sms_count()
    again = customers.at_desk(person=anna.person)
    again.go_to_code()
    assert anna.email not in again.page.content()
    sms = again.server.wait_for_message(anna.person.digits, after=sent)
    again.enter_sms_code(sms.code(again.shown_prefix())[1:])
    assert anna.email not in again.page.content()
    assert again.page.locator('main a[href^="/bejelentkezes"]').count()
    assert again.page.locator('main a[href^="/elfelejtett-jelszo"]').count()


def test_an_address_of_somebody_else_is_refused_and_another_one_taken(customers):
    anna, bela = customers.on_phone(), customers.on_phone()
    anna.register()
    bela.go_to_email()
    bela.give_email(anna.email.upper())
    assert bela.status == 422 and not checks.faulty_error_state(bela)
    bela.give_email("bela." + anna.email)
    bela.must_be_at("/regisztracio/jelszo")


def _becomes_a_user(anna: Customer) -> None:
    anna.open_portal()
    anna.identify()
    anna.must_be_at("/regisztracio/telefonszam")
    anna.enter_sms_code()
    anna.must_be_at("/regisztracio/email")
    anna.give_email()
    anna.must_be_at("/regisztracio/jelszo")
    anna.choose_password()
    anna.must_be_at("/regisztracio/sikeres")
    anna.follow('main a[href^="/bejelentkezes"]')
    anna.log_in()
    anna.must_be_at("/megerosites")
    anna.confirm_email()
    anna.must_be_at("/fiok")


def _reads(customer: Customer, heading: str, field: str, button: str) -> None:
    assert customer.page.inner_text("h1").strip() == heading
    assert customer.button(field).inner_text().strip() == button


def _offers_the_way_back_to_the_main_page(customer: Customer) -> None:
    link = customer.page.get_by_role("link", name="Vissza a főoldalra")
    assert link.first.is_visible()
