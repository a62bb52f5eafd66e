"""Nobody loses anything to a clock without having been asked (WCAG 2.2.1)."""

import re

import pytest
from playwright.sync_api import expect

import checks

LIMIT = "/idokorlat"
LANGUAGES = pytest.mark.parametrize("language", ["hu", "en"])
# A word of what is said, so that a sentence in the other language is noticed.
WORDS = {
    "hu": {
        "warned": "Hamarosan",
        "extended": "Meghosszabbítottuk",
        "over": "Lejárt az idő",
        "resend": "Most már",
        "wait": "után kérhet",
        "delayed": "akadozik",
        "arrived": "megérkezett",
    },
    "en": {
        "warned": "running out",
        "extended": "more time now",
        "over": "Your time is over",
        "resend": "message now",
        "wait": "message after",
        "delayed": "keep trying",
        "arrived": "has reached your phone",
    },
}


def end_in(customer, seconds: int) -> None:
    """For the program the session or the registration ends so soon."""
    customer.server.change(
        f"UPDATE session SET last_used_at = (strftime('%s', 'now') + {seconds} - 900) * 1000"
    )
    customer.server.change(
        f"UPDATE registration SET expires_at = (strftime('%s', 'now') + {seconds}) * 1000"
    )


@LANGUAGES
@pytest.mark.parametrize("where", ["registration", "account"])
def test_a_dialog_offers_more_time_and_gives_it(customers, where, language):
    anna = customers.on_phone(language=language)
    anna.page.clock.install()
    if where == "registration":
        anna.go_to_email()
        anna.type("email", "felkesz@example.com")
    else:
        anna.become_a_user()
        anna.open("/fiok/levelezesi-cim")
        anna.type("email", "felkesz@example.com")
    dialog = anna.page.locator("dialog")
    expect(dialog).to_be_hidden()

    def be_warned() -> None:
        end_in(anna, 110)
        anna.page.clock.fast_forward("58:30" if where == "registration" else "13:30")
        expect(dialog).to_be_visible()

    be_warned()
    expect(dialog).to_contain_text(WORDS[language]["warned"])
    assert anna.page.evaluate("document.activeElement.closest('dialog') !== null")
    dialog.locator("button").click()
    expect(dialog).to_be_hidden()
    expect(anna.page.locator(".deadline-status")).to_contain_text(WORDS[language]["extended"])
    # The page is where it was, and what was typed is there.
    assert anna.value("email") == "felkesz@example.com"
    table, column = (
        ("registration", "expires_at") if where == "registration" else ("session", "last_used_at")
    )
    [left] = anna.server.ask(
        f"SELECT MAX({column}) / 1000 - strftime('%s', 'now') FROM {table}"
    )
    assert left > (3_000 if where == "registration" else -60)
    # To look at it closely takes a busy machine as long as it stands there: another time.
    be_warned()
    assert not checks.barriers(anna)


def test_a_look_at_another_tab_asks_nobody(customers):
    """The end has moved meanwhile: the page finds out and does not warn."""
    anna = customers.at_desk()
    anna.page.clock.install()
    anna.become_a_user()
    anna.page.clock.fast_forward("13:30")
    anna.page.wait_for_timeout(500)
    expect(anna.page.locator("dialog")).to_be_hidden()


@LANGUAGES
def test_when_the_time_is_over_the_page_says_so_and_keeps_what_was_typed(customers, language):
    anna = customers.at_desk(language=language)
    anna.page.clock.install()
    anna.become_a_user()
    anna.open("/fiok/levelezesi-cim")
    anna.type("email", "felkesz@example.com")
    end_in(anna, -1)
    anna.page.clock.fast_forward("14:00")
    expect(anna.page.locator(".deadline-status")).to_contain_text(WORDS[language]["over"])
    anna.press("email")
    anna.must_be_at("/bejelentkezes")
    anna.log_in()
    anna.must_be_at("/fiok/levelezesi-cim")
    assert anna.value("email") == "felkesz@example.com"
    assert not checks.everything(anna)


@LANGUAGES
def test_without_a_script_a_form_gets_more_time_and_keeps_what_was_typed(customers, language):
    anna = customers.on_phone(javascript=False, language=language)
    anna.go_to_email()
    anna.fill_in_email(email="felkesz@", marketing="yes", notice=False)
    end_in(anna, 300)
    with anna.page.expect_navigation():
        anna.page.locator('[name="moreTime"]').click()
    anna.must_be_at("/regisztracio/email")
    assert anna.status == 200
    assert int(anna.page.get_attribute("#deadline", "data-seconds")) > 3_000
    assert anna.value("email") == "felkesz@"
    assert anna.page.is_checked('[name="marketing"][value="yes"]')
    assert anna.page.is_checked('[name="dataProcessing"][value="yes"]')
    assert anna.page.is_checked('[name="contract"]') and not anna.page.is_checked('[name="notice"]')


def test_without_a_script_a_page_of_its_own_gives_more_time(customers):
    anna = customers.on_phone(javascript=False)
    anna.go_to_code()
    end_in(anna, 300)
    anna.follow(f'main a[href="{LIMIT}"]')
    anna.press_in_form(LIMIT)
    anna.must_be_at(LIMIT)
    anna.follow('main a[href="/regisztracio/telefonszam"]')
    assert int(anna.page.get_attribute("#deadline", "data-seconds")) > 3_000


def test_more_time_leaves_the_button_for_still_more(customers):
    """What the dialog has changed is told, and nothing beside it is lost."""
    anna = customers.on_phone()
    anna.page.clock.install()
    anna.go_to_email()
    before = anna.page.inner_text("#deadline-told")
    end_in(anna, 100)
    anna.page.clock.fast_forward("58:30")
    dialog = anna.page.locator("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("button").click()
    expect(dialog).to_be_hidden()
    # The sentence is the same but for its time.
    assert anna.page.inner_text("#deadline-told").split()[-1] == before.split()[-1]
    expect(anna.page.locator('[name="moreTime"]')).to_be_visible()


@LANGUAGES
def test_the_wait_for_another_sms_is_counted_down_and_told_once(customers, language):
    anna = customers.on_phone(language=language)
    anna.page.clock.install()
    anna.go_to_code()
    anna.renew_the_code("registration")
    box = anna.page.locator("details[data-resend]")
    assert not box.evaluate("box => box.open")
    line, news = anna.page.locator("[data-countdown]"), anna.page.locator("#resend-news")
    # Seen without opening anything; who listens hears it once, at the end.
    expect(line).to_be_visible()
    assert line.get_attribute("role") is None
    assert news.get_attribute("role") == "status" and not news.text_content()
    anna.page.clock.run_for(5_000)
    first = line.text_content()
    anna.page.clock.run_for(10_000)
    assert line.text_content() != first and not news.text_content()
    anna.page.clock.run_for(60_000)
    expect(news).to_contain_text(WORDS[language]["resend"])
    expect(line).to_have_count(0)
    assert box.evaluate("box => box.open")


def test_the_button_for_another_sms_waits_as_long_as_it_must(customers):
    anna = customers.on_phone()
    anna.page.clock.install()
    anna.go_to_code()
    anna.newest_sms()
    anna.renew_the_code("registration")
    button = anna.page.locator("#resend")
    anna.reveal(button)
    expect(button).to_have_attribute("aria-disabled", "true")
    # In reach of whoever listens, and it sends nothing.
    button.focus()
    anna.page.keyboard.press("Enter")
    anna.must_be_at("/regisztracio/telefonszam")
    assert not anna.page.locator("#error-summary").count() and anna.sms_count() == 1
    assert not checks.barriers(anna)
    anna.page.clock.run_for(70_000)
    assert button.get_attribute("aria-disabled") is None
    anna.let_time_pass_since_the_code()
    with anna.page.expect_navigation():
        button.click()
    anna.server.wait_for_message(anna.person.digits, after=1)


@LANGUAGES
def test_without_a_script_the_wait_is_a_time_of_day(customers, language):
    anna = customers.on_phone(javascript=False, language=language)
    anna.go_to_code()
    expect(anna.page.locator("[data-countdown]")).to_contain_text(":")
    expect(anna.page.locator("[data-countdown]")).to_contain_text(WORDS[language]["wait"])
    assert anna.page.locator("#resend").get_attribute("aria-disabled") is None


def test_news_of_the_sms_come_without_a_reload(customers):
    anna = customers.on_phone()
    anna.page.clock.install()
    anna.go_to_code()
    # Only now it is written down as sent, over whatever stands there.
    assert anna.sms_count() == 1
    # A mistake is answered at another address, and there it goes on.
    anna.ask_for_a_code_just_sent("/regisztracio/telefonszam/uj-kod", "registration")
    arrival = anna.page.locator("#arrival")
    assert arrival.get_attribute("role") == "status"
    anna.server.change("UPDATE message SET state = 'delivered' WHERE kind = 'sms_code'")
    anna.page.clock.run_for(6_000)
    expect(arrival).not_to_be_empty()
    # It asks a dozen times at most.
    before = len(anna.visit.requests)
    anna.page.clock.run_for(600_000)
    assert len(anna.visit.requests) - before <= 12


@LANGUAGES
def test_an_sms_that_is_late_is_told_of_when_it_comes(customers, language):
    anna = customers.on_phone(language=language)
    anna.page.clock.install()
    anna.go_to_code()
    assert anna.sms_count() == 1
    anna.server.change(
        "UPDATE message SET state = 'queued', body = '-', problem = 'HTTP 503', "
        "next_try_at = 9999999999999 WHERE kind = 'sms_code'"
    )
    arrival = anna.page.locator("#arrival")
    anna.page.clock.run_for(6_000)
    expect(arrival).to_contain_text(WORDS[language]["delayed"])
    anna.server.change(
        "UPDATE message SET state = 'delivered', body = NULL WHERE kind = 'sms_code'"
    )
    anna.page.clock.run_for(6_000)
    expect(arrival).to_contain_text(WORDS[language]["arrived"])


def test_the_phone_fills_in_the_security_code_too(customers):
    anna = customers.on_phone()
    anna.become_a_user()
    anna.page.add_init_script(
        """window.OTPCredential = function () {}
        Object.defineProperty(navigator, 'credentials', {
          value: { get: () => Promise.resolve({ code: '12345' }) },
        })"""
    )
    anna.let_time_pass_since_the_login()
    anna.open("/fiok/jelszo")
    anna.must_be_at("/fiok/biztonsagi-kod")
    anna.press_in_form("/fiok/biztonsagi-kod/uj-kod")
    expect(anna.page.locator('[name="code"]')).to_have_value("12345")


def test_the_link_of_the_letter_fills_in_the_code_and_confirms_nothing(customers):
    anna = customers.on_phone()
    anna.go_to_confirmation()
    code = anna.email_code()
    anna.page.goto("about:blank")
    anna.forget_cookies()
    anna.page.goto(f"{anna.server.url}/megerosites#{code[1:]}")
    anna.must_be_at("/bejelentkezes")
    expect(anna.page).not_to_have_url(re.compile(code[1:]))
    anna.log_in()
    anna.must_be_at("/megerosites")
    assert anna.value("code") == code[1:]
    waiting = f"SELECT COUNT(*) FROM account WHERE email = '{anna.email}'"
    assert anna.server.ask(waiting + " AND email_confirmed_at IS NULL") == [1]
    anna.press("code")
    anna.must_be_at("/fiok")


def test_the_link_of_the_letter_may_be_opened_where_the_page_is_already(customers):
    anna = customers.on_phone()
    anna.go_to_confirmation()
    code = anna.email_code()
    anna.page.goto(f"{anna.server.url}/megerosites#{code[1:]}")
    expect(anna.page.locator("#code")).to_have_value(code[1:])
    expect(anna.page).not_to_have_url(re.compile(code[1:]))


def test_not_my_number_says_what_to_do(customers):
    anna = customers.on_phone(javascript=False)
    anna.go_to_code()
    anna.page.locator("details.info summary").first.click()
    expect(anna.page.locator("details.info").first).to_contain_text("06-40-421-421")
    expect(anna.page.locator("details.info .case")).to_be_visible()


def test_the_menu_of_the_account_closes_by_the_keyboard(customers):
    anna = customers.on_phone()
    anna.become_a_user()
    menu = anna.page.locator(".account-menu")
    menu.locator("summary").focus()
    anna.page.keyboard.press("Enter")
    expect(menu.locator("ul")).to_be_visible()
    anna.page.keyboard.press("Escape")
    expect(menu.locator("ul")).to_be_hidden()
    assert anna.page.evaluate("document.activeElement.matches('.account-menu > summary')")
