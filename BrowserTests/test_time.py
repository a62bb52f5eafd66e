"""Nobody loses anything to a clock without having been asked (WCAG 2.2.1)."""

import pytest
from playwright.sync_api import expect

import checks

LIMIT = "/idokorlat"


def end_in(customer, seconds: int) -> None:
    """For the program the session or the registration ends so soon."""
    customer.server.change(
        f"UPDATE session SET last_used_at = (strftime('%s', 'now') + {seconds} - 900) * 1000"
    )
    customer.server.change(
        f"UPDATE registration SET expires_at = (strftime('%s', 'now') + {seconds}) * 1000"
    )


@pytest.mark.parametrize("where", ["registration", "account"])
def test_a_dialog_offers_more_time_and_gives_it(customers, where):
    anna = customers.on_phone()
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
    end_in(anna, 100)
    anna.page.clock.fast_forward("58:30" if where == "registration" else "13:30")
    expect(dialog).to_be_visible()
    assert anna.page.evaluate("document.activeElement.closest('dialog') !== null")
    assert not checks.barriers(anna)
    dialog.locator("button").click()
    expect(dialog).to_be_hidden()
    expect(anna.page.locator(".deadline-status")).not_to_be_empty()
    # The page is where it was, and what was typed is there.
    assert anna.value("email") == "felkesz@example.com"
    table, column = (
        ("registration", "expires_at") if where == "registration" else ("session", "last_used_at")
    )
    [left] = anna.server.ask(
        f"SELECT MAX({column}) / 1000 - strftime('%s', 'now') FROM {table}"
    )
    assert left > (3_000 if where == "registration" else -60)


def test_a_look_at_another_tab_asks_nobody(customers):
    """The end has moved meanwhile: the page finds out and does not warn."""
    anna = customers.at_desk()
    anna.page.clock.install()
    anna.become_a_user()
    anna.page.clock.fast_forward("13:30")
    anna.page.wait_for_timeout(500)
    expect(anna.page.locator("dialog")).to_be_hidden()


def test_when_the_time_is_over_the_page_says_so_and_keeps_what_was_typed(customers):
    anna = customers.at_desk()
    anna.page.clock.install()
    anna.become_a_user()
    anna.open("/fiok/levelezesi-cim")
    anna.type("email", "felkesz@example.com")
    end_in(anna, -1)
    anna.page.clock.fast_forward("14:00")
    expect(anna.page.locator(".deadline-status")).not_to_be_empty()
    anna.press("email")
    anna.must_be_at("/bejelentkezes")
    anna.log_in()
    anna.must_be_at("/fiok/levelezesi-cim")
    assert anna.value("email") == "felkesz@example.com"
    assert not checks.everything(anna)


def test_without_a_script_the_page_gives_more_time(customers):
    anna = customers.on_phone(javascript=False)
    anna.go_to_email()
    end_in(anna, 300)
    anna.follow(f'main a[href="{LIMIT}"]')
    anna.press_in_form(LIMIT)
    anna.must_be_at(LIMIT)
    anna.follow('main a[href="/regisztracio/email"]')
    assert int(anna.page.get_attribute("#deadline", "data-seconds")) > 3_000


def test_the_wait_for_another_sms_is_counted_down_and_told_once(customers):
    anna = customers.on_phone()
    anna.page.clock.install()
    anna.go_to_code()
    box = anna.page.locator("details[data-resend]")
    assert not box.evaluate("box => box.open")
    line = anna.page.locator("[data-countdown]")
    anna.page.clock.run_for(5_000)
    first = line.text_content()
    anna.page.clock.run_for(10_000)
    assert line.text_content() != first and line.get_attribute("role") is None
    anna.page.clock.run_for(60_000)
    expect(line).to_have_attribute("role", "status")
    assert box.evaluate("box => box.open")


def test_without_a_script_the_wait_is_a_time_of_day(customers):
    anna = customers.on_phone(javascript=False)
    anna.go_to_code()
    anna.page.locator("details[data-resend] summary").click()
    expect(anna.page.locator("[data-countdown]")).to_contain_text(":")


def test_news_of_the_sms_come_without_a_reload(customers):
    anna = customers.on_phone()
    anna.page.clock.install()
    anna.go_to_code()
    anna.newest_sms()
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


def test_the_link_of_the_letter_fills_in_the_code_and_confirms_nothing(customers):
    anna = customers.on_phone()
    anna.go_to_confirmation()
    code = anna.email_code()
    anna.page.goto("about:blank")
    anna.forget_cookies()
    anna.page.goto(f"{anna.server.url}/megerosites#{code[1:]}")
    anna.must_be_at("/bejelentkezes")
    assert code[1:] not in anna.page.url
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
    assert code[1:] not in anna.page.url


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
