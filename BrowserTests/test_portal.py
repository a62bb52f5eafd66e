"""After the registration: limited until confirmed, then the whole portal."""

import io
import re
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import expect

import checks
from browsing import NARROWEST
from customer import wrong

SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
INSIDE = [
    "/fiok",
    "/fiok/adatok",
    "/fiok/nyilatkozatok",
    "/fiok/biztonsag",
    "/fiok/szerzodes",
    "/fiok/levelezesi-cim",
    "/fiok/felhasznalonev",
    "/fiok/jelszo",
    "/fiok/adataim",
]


@SCRIPTS
@pytest.mark.parametrize("path", INSIDE)
def test_everything_opens_only_after_confirmation(path, javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.go_to_confirmation()
    anna.open(path)
    assert not checks.dead_end(anna)
    shown = anna.page.content()
    assert not [policy for policy in anna.person.policies if policy.number in shown]
    anna.follow('main a[href="/megerosites"]')
    anna.confirm_email()
    anna.open(path)
    anna.must_be_at(path)
    assert anna.status == 200


def test_the_menu_stays_beside_the_brand_on_the_narrowest_phone(customers):
    anna = customers.on_phone()
    anna.become_a_user()
    anna.open("/fiok")
    anna.page.set_viewport_size(NARROWEST)
    brand, tools = (anna.page.locator(each).bounding_box() for each in (".brand", ".site-tools"))
    assert brand["x"] + brand["width"] <= tools["x"], "they stand one below the other"
    assert abs(brand["y"] + brand["height"] / 2 - tools["y"] - tools["height"] / 2) <= 2
    # Whoever cannot see it hears the whole name all the same.
    assert anna.page.locator(".brand").aria_snapshot().count("Ügyfélportál") == 1


@SCRIPTS
def test_a_mistyped_address_is_corrected_and_the_old_code_is_dead(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.go_to_confirmation()
    old = anna.email_code()
    anna.open("/megerosites/email-cim")
    anna.type("email", "helyes." + anna.email)
    anna.type("password", "Valami99")
    anna.press("email")
    assert anna.status == 422
    anna.type("password", anna.password)
    anna.press("email")
    anna.email = "helyes." + anna.email
    anna.must_be_at("/megerosites")
    assert anna.email_code() != old
    anna.confirm_email(old[1:])
    assert anna.status == 422
    anna.confirm_email()
    anna.must_be_at("/fiok")
    anna.press_in_form("/kijelentkezes")
    anna.log_in()
    anna.must_be_at("/fiok")


def test_login_has_one_answer_for_every_failure(customers):
    anna, bela = customers.on_phone(), customers.on_phone()
    anna.register()
    anna.log_in(password="Valami99")
    bela.log_in(username="senki@example.com", password="Valami99")
    assert anna.status == bela.status == 422
    assert _whoever_asks_and_when(anna.text) == _whoever_asks_and_when(bela.text)
    assert anna.value("username") == anna.email
    assert anna.value("password") == ""
    assert not checks.lost_focus(anna) + checks.faulty_error_state(anna)


@pytest.mark.parametrize("way", [str.upper, lambda email: f" {email} "])
def test_the_user_name_in_another_writing(way, customers):
    anna = customers.on_phone()
    anna.register()
    anna.log_in(username=way(anna.email))
    anna.must_be_at("/megerosites")


def test_after_logging_out_back_shows_nothing(customers):
    anna = customers.at_desk()
    anna.become_a_user()
    number = anna.person.policies[0].number
    assert number in anna.text
    anna.press_in_form("/kijelentkezes")
    assert not checks.dead_end(anna)
    anna.go_back()
    assert number not in anna.page.content()
    anna.open("/fiok")
    assert number not in anna.page.content()


@SCRIPTS
def test_letters_may_go_to_another_address(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    elsewhere = "levelek." + anna.email
    anna.open("/fiok/levelezesi-cim")
    anna.type("email", elsewhere)
    anna.type("password", anna.password)
    anna.press("email")
    anna.must_be_at("/fiok/levelezesi-cim/megerosites")
    code = anna.server.wait_for_code(elsewhere, anna.shown_prefix())
    anna.type("code", wrong(code)[1:])
    anna.press("code")
    assert anna.status == 422 and not checks.faulty_error_state(anna)
    anna.type("code", code[1:])
    anna.press("code")
    anna.open("/fiok/adatok")
    assert elsewhere in anna.text and anna.email in anna.text


@SCRIPTS
def test_another_user_name_can_be_taken_back_by_the_old_address(javascript, customers):
    thief = customers.on_phone(javascript=javascript)
    thief.become_a_user()
    old, new = thief.email, "tolvaj." + thief.email
    thief.open("/fiok/adatok")
    thief.follow('main a[href="/fiok/felhasznalonev"]')
    thief.type("email", new)
    thief.type("password", thief.password)
    thief.press("email")
    thief.must_be_at("/fiok/felhasznalonev/megerosites")
    letters = len(thief.server.delivered_messages(old))
    code = thief.server.wait_for_code(new, thief.shown_prefix())
    thief.type("code", code[1:])
    thief.press("code")
    thief.must_be_at("/fiok/adatok")
    assert new in thief.text

    anna = customers.at_desk(person=thief.person, javascript=javascript)
    anna.open("/cim-visszaallitas")
    anna.type("email", old)
    anna.type("code", "KKKKKK")
    anna.press("code")
    assert anna.status == 422 and not checks.faulty_error_state(anna)
    anna.type("code", anna.server.wait_for_code(old, "", letters))
    anna.press("code")
    assert not checks.dead_end(anna)
    assert anna.page.locator('main a[href="/elfelejtett-jelszo"]').count() == 1
    thief.open("/fiok")
    thief.must_be_at("/bejelentkezes")
    thief.email = old
    thief.log_in()
    assert thief.status == 422


@SCRIPTS
def test_a_new_password_replaces_the_old_one(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    anna.page.goto("/.well-known/change-password")
    anna.must_be_at("/fiok/jelszo")
    anna.type("currentPassword", anna.password)
    anna.type("password", "Napraforgo31")
    anna.type("passwordAgain", "Napraforgo31")
    anna.press("currentPassword")
    assert anna.status == 200
    anna.press_in_form("/kijelentkezes")
    anna.log_in()
    assert anna.status == 422
    anna.log_in(password="Napraforgo31")
    anna.must_be_at("/fiok")


@SCRIPTS
def test_a_forgotten_password_is_replaced(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    anna.press_in_form("/kijelentkezes")
    letters = len(anna.server.delivered_messages(anna.email))
    anna.open("/bejelentkezes")
    anna.follow('main a[href^="/elfelejtett-jelszo"]')
    anna.type("email", anna.email)
    anna.press("email")
    anna.must_be_at("/elfelejtett-jelszo/uj-jelszo")
    code = anna.server.wait_for_code(anna.email, anna.shown_prefix(), letters)
    anna.type("code", code)
    anna.type("password", "Napraforgo31")
    anna.type("passwordAgain", "Napraforgo31")
    anna.press("code")
    assert not checks.dead_end(anna)
    anna.log_in(password="Napraforgo31")
    anna.must_be_at("/fiok")


def test_recovery_does_not_tell_whether_an_address_is_known(customers):
    anna, bela, cecil = customers.on_phone(), customers.on_phone(), customers.on_phone()
    anna.become_a_user()
    bela.register()
    cecil.email = "senki.sehol@example.com"
    seen = []
    for customer in (anna, bela, cecil):
        customer.forget_cookies()
        customer.open("/elfelejtett-jelszo")
        customer.type("email", customer.email)
        customer.press("email")
        shown = customer.shown_prefix()
        text = _whoever_asks_and_when(customer.text).replace(f"\n{shown}\n", "\n*\n")
        seen.append((customer.path, customer.status, re.sub(r": \d+\.", ": N.", text)))
    assert seen[0] == seen[1] == seen[2]


def test_declarations_are_shown_with_their_answers_and_can_be_withdrawn(customers):
    anna = customers.on_phone()
    anna.register(marketing="yes", data_processing="no")
    anna.log_in()
    anna.confirm_email()
    anna.open("/fiok/nyilatkozatok")
    assert "Marketing célú nyilatkozat" in anna.text
    assert "Adatkezelési nyilatkozat" in anna.text
    before = anna.text
    withdraw = anna.page.get_by_role("button", name=re.compile("visszavon", re.IGNORECASE))
    with anna.page.expect_navigation():
        withdraw.first.click()
    anna.open("/fiok/nyilatkozatok")
    assert anna.text != before


def test_logging_out_everywhere(customers):
    on_phone = customers.on_phone()
    on_phone.become_a_user()
    at_desk = customers.at_desk(person=on_phone.person)
    at_desk.email = on_phone.email
    at_desk.log_in()
    at_desk.must_be_at("/fiok")
    at_desk.open("/fiok/biztonsag")
    with at_desk.page.expect_navigation():
        at_desk.page.get_by_role("button", name=re.compile("mindenhonnan", re.IGNORECASE)).click()
    on_phone.open("/fiok")
    assert on_phone.path == "/bejelentkezes" or not on_phone.page.locator("text=LA-").count()
    on_phone.open("/fiok/adatok")
    assert on_phone.email not in on_phone.text


@SCRIPTS
def test_one_other_device_is_logged_out(javascript, customers):
    on_phone = customers.on_phone(javascript=javascript)
    on_phone.become_a_user()
    at_desk = customers.at_desk(person=on_phone.person, javascript=javascript)
    at_desk.email = on_phone.email
    at_desk.log_in()
    on_phone.open("/fiok/biztonsag")
    assert "Chrome, Linux" in on_phone.text and "Mozilla" not in on_phone.page.content()
    sessions = on_phone.page.locator("main li:has(form)")
    assert sessions.count() == 1
    with on_phone.page.expect_navigation():
        sessions.first.locator("button").click()
    assert on_phone.status == 200 and sessions.count() == 0
    at_desk.open("/fiok")
    at_desk.must_be_at("/bejelentkezes")
    on_phone.open("/fiok")
    on_phone.must_be_at("/fiok")
    letters = on_phone.server.delivered_messages(on_phone.email)
    assert [letter for letter in letters if "új eszközről" in letter.subject]


@SCRIPTS
def test_the_menu_leads_to_every_page_of_the_account(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    links = anna.page.locator(".account-panel li a")
    for path in [link.get_attribute("href") for link in links.all()]:
        anna.page.locator(".account-menu > summary").click()
        anna.follow(f'.account-panel a[href="{path}"]')
        anna.must_be_at(path)
        current = anna.page.locator('.account-panel [aria-current="page"]')
        assert current.get_attribute("href") == path
    anna.press_in_form("/kijelentkezes")
    anna.must_be_at("/bejelentkezes")


@pytest.mark.parametrize("language", ["hu", "en"])
def test_the_menu_on_a_phone_says_who_is_logged_in(language, customers):
    anna = customers.on_phone(language=language)
    anna.become_a_user()
    name = anna.page.locator(".account-holder")
    expect(name).to_be_hidden()
    anna.page.locator(".account-menu > summary").click()
    expect(name).to_be_visible()
    expect(name).to_contain_text(anna.person.name)
    assert not checks.everything(anna)


def test_an_open_page_leads_whoever_is_logged_in_to_their_account(customers):
    anna = customers.on_phone()
    anna.become_a_user()
    for path in ("/", "/ugyfelportal", "/kapcsolat", "/nincs-ilyen"):
        anna.open(path)
        assert not anna.page.locator('main a[href^="/bejelentkezes"]').count(), path
        anna.page.locator(".account-menu > summary").click()
        assert not checks.everything(anna), path
        anna.follow('.account-panel a[href="/fiok"]')
        anna.must_be_at("/fiok")


def test_the_accepted_contract_can_be_read(customers):
    anna = customers.at_desk()
    anna.become_a_user()
    anna.open("/fiok/szerzodes")
    assert anna.status == 200
    assert len(anna.text) > 200


@pytest.mark.parametrize("language", ["hu", "en"])
def test_the_contract_is_a_tagged_file_with_the_words_of_the_page(language, customers):
    anna = customers.someone(language=language)
    anna.become_a_user()
    anna.open("/fiok/szerzodes")
    page = anna.page.inner_text("main article")
    files = []
    for _ in range(2):
        with anna.page.expect_download() as download:
            anna.page.locator('main a[href="/fiok/szerzodes/pdf"]').click()
        files.append(Path(download.value.path()).read_bytes())
    assert files[0] == files[1]
    contract = pypdf.PdfReader(io.BytesIO(files[0]))
    catalog = contract.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in catalog
    assert catalog["/Lang"] == language
    assert contract.metadata.title == page.strip().splitlines()[0].strip()
    assert _letters(_without_page_numbers(contract)) == _letters(page)


@SCRIPTS
def test_a_contract_is_ended_and_made_again(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    anna.open("/fiok/szerzodes")
    anna.follow('main a[href="/fiok/szerzodes/felmondas"]')
    anna.page.check("#confirm")
    anna.type("password", anna.password)
    anna.press("password")
    anna.must_be_at("/bejelentkezes")
    anna.log_in()
    assert anna.status == 422
    anna.become_a_user()
    anna.must_be_at("/fiok")


@SCRIPTS
def test_a_copy_of_the_data_is_asked_for_once(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    anna.follow('main a[href="/fiok/adataim"]')
    second = anna.in_second_tab()
    anna.ask_for_copy()
    _is_asked_for(anna, "Másolat")
    assert not anna.page.locator('[value="copy"]').count()
    anna.reload()
    _is_asked_for(anna, "Másolat")
    second.ask_for_copy()
    _is_asked_for(second, "Másolat")
    anna.go_back()
    assert not checks.dead_end(anna)
    anna.open("/fiok/adataim")
    assert anna.page.locator("main li h3").count() == 1
    assert _open_requests(anna) == ["copy"]


@SCRIPTS
def test_erasure_of_the_data_needs_the_password_and_is_asked_for_once(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.become_a_user()
    anna.open("/fiok/adataim")
    for refused in ("", "Valami99"):
        anna.submit(password=refused)
        assert anna.status == 422
        assert not checks.lost_focus(anna) + checks.faulty_error_state(anna)
        assert anna.value("password") == ""
    assert not _open_requests(anna)
    # Going back to a page that was the answer to a form is the browser's own question.
    anna.open("/fiok/adataim")
    second = anna.in_second_tab()
    anna.submit(password=anna.password)
    _is_asked_for(anna, "Törlés")
    assert not anna.page.locator('[name="password"]').count()
    anna.reload()
    _is_asked_for(anna, "Törlés")
    second.submit(password=anna.password)
    _is_asked_for(second, "Törlés")
    anna.go_back()
    assert not checks.dead_end(anna)
    anna.open("/fiok/adataim")
    assert anna.page.locator("main li h3").count() == 1
    assert _open_requests(anna) == ["erasure"]


def test_after_asking_for_erasure_the_account_is_still_there_and_a_copy_can_be_asked_for(
    customers,
):
    anna = customers.at_desk()
    anna.become_a_user()
    anna.open("/fiok/adataim")
    anna.submit(password=anna.password)
    anna.ask_for_copy()
    assert sorted(_open_requests(anna)) == ["copy", "erasure"]
    assert anna.page.locator("main li h3").count() == 2
    anna.press_in_form("/kijelentkezes")
    anna.log_in()
    anna.must_be_at("/fiok")


def _is_asked_for(customer, what: str) -> None:
    """The page says so, with the days."""
    customer.must_be_at("/fiok/adataim")
    assert customer.status == 200
    request = customer.page.locator("main li").filter(has_text=what)
    assert request.count() == 1
    assert len(re.findall(r"\d{4}\.\s\w+\s\d+\.", request.inner_text())) == 2


def _open_requests(customer) -> list[str]:
    return customer.server.ask(
        "SELECT data_request.kind FROM data_request JOIN account ON account.id = account_id"
        f" WHERE email = '{customer.email}' AND done_at IS NULL"
    )


def _without_page_numbers(contract) -> str:
    """The text of all pages; a number alone on its line is the page's own."""
    lines = [line for page in contract.pages for line in page.extract_text().splitlines()]
    numbers = {str(number) for number in range(1, len(contract.pages) + 1)}
    return "\n".join(line for line in lines if line.strip() not in numbers)


def _letters(text: str) -> str:
    """Without the spaces, the ends of lines and the bullets, which are of the layout."""
    return re.sub(r"[\s•]", "", text)


def _whoever_asks_and_when(text: str) -> str:
    """The text without addresses and times: whoever asks next may do so in the next minute, and what
    ends tomorrow is told with the day."""
    return re.sub(r"(?:\w+\s\d+\. )?\b\d{1,2}:\d\d\b", "TIME", re.sub(r"\S+@\S+", "ADDRESS", text))
