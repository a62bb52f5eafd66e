"""The password step: shown rules, a button to show it, kind refusals."""

import pytest
from playwright.sync_api import expect

import checks
from tour import REFUSED_PASSWORDS


@pytest.mark.parametrize("typed", REFUSED_PASSWORDS, ids=REFUSED_PASSWORDS.values())
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_password_that_will_not_do(typed, javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.go_to_password()
    anna.choose_password(typed)
    assert anna.status == 422
    assert not checks.lost_focus(anna) + checks.faulty_error_state(anna)
    assert anna.value("password") == anna.value("passwordAgain") == ""
    anna.choose_password("Kertmozi27")
    anna.must_be_at("/regisztracio/sikeres")


def test_two_passwords_that_differ_are_told_at_the_second(customers):
    anna = customers.on_phone()
    anna.go_to_password()
    anna.choose_password("Kertmozi27", again="Kertmozi28")
    links = anna.page.locator("#error-summary a")
    field = anna.page.get_attribute('[name="passwordAgain"]', "id")
    assert [link.get_attribute("href") for link in links.all()] == [f"#{field}"]


def test_both_fields_are_for_the_password_manager(customers):
    anna = customers.on_phone()
    anna.go_to_password()
    for field in ("password", "passwordAgain"):
        assert anna.page.get_attribute(f'[name="{field}"]', "autocomplete") == "new-password"
    name = anna.page.locator('form:has([name="password"]) [autocomplete="username"]')
    assert name.input_value() == anna.email
    anna.choose_password()
    anna.open("/bejelentkezes")
    assert anna.page.get_attribute('[name="username"]', "autocomplete") == "username"
    assert anna.page.get_attribute('[name="password"]', "autocomplete") == "current-password"


def test_each_password_can_be_shown_and_hidden(customers):
    anna = customers.on_phone()
    anna.go_to_password()
    names = set()
    for field in ("password", "passwordAgain"):
        box = anna.page.locator(f'[name="{field}"]')
        show = _button_that_shows(anna, field)
        names.add(show.get_attribute("aria-label") or show.inner_text())
        anna.type(field, "Kertmozi27")
        show.click()
        assert box.get_attribute("type") == "text"
        assert anna.path == "/regisztracio/jelszo"
        show.click()
        assert box.get_attribute("type") == "password"
        assert box.input_value() == "Kertmozi27"
        show.click()
    assert len(names) == 2, "a screen reader cannot tell the two buttons apart"
    with anna.page.expect_request(lambda request: request.method == "POST") as sent:
        anna.press("password")
    assert sent.value.post_data
    anna.must_be_at("/regisztracio/sikeres")


@pytest.mark.parametrize("language", ["hu", "en"])
def test_every_field_for_a_password_has_an_eye_that_is_closed(language, customers):
    anna = customers.on_phone(language=language)
    anna.open("/bejelentkezes")
    _must_have_eyes(anna)
    anna.open("/elfelejtett-jelszo")
    anna.submit(email=anna.email)
    anna.must_be_at("/elfelejtett-jelszo/uj-jelszo")
    _must_have_eyes(anna)
    bela = customers.on_phone(language=language)
    bela.go_to_confirmation()
    bela.open("/megerosites/email-cim")
    _must_have_eyes(bela)
    cili = customers.on_phone(language=language)
    cili.become_a_user()
    for path in (
        "/fiok/jelszo",
        "/fiok/felhasznalonev",
        "/fiok/levelezesi-cim",
        "/fiok/adataim",
        "/fiok/szerzodes/felmondas",
    ):
        cili.open(path)
        cili.must_be_at(path)
        with cili.looking_closely():
            _must_have_eyes(cili)


def test_a_shown_password_is_hidden_before_it_is_sent(customers):
    anna = customers.on_phone()
    anna.open("/bejelentkezes")
    anna.type("password", "Kertmozi27")
    box, show = anna.page.locator('[name="password"]'), _button_that_shows(anna, "password")
    show.click()
    expect(box).to_have_attribute("type", "text")
    # The page stays, so that one can see what would have been sent.
    anna.page.evaluate("window.addEventListener('submit', event => event.preventDefault())")
    anna.button("password").click()
    expect(box).to_have_attribute("type", "password")
    expect(show).to_have_attribute("aria-pressed", "false")
    assert anna.value("password") == "Kertmozi27"


def test_a_password_has_the_whole_width_of_the_narrowest_phone(customers):
    anna = customers.on_phone()
    anna.open("/bejelentkezes")
    anna.page.set_viewport_size({"width": 320, "height": 640})
    width = "box => Math.round(box.getBoundingClientRect().width)"
    fields = [anna.page.locator(f'[name="{name}"]') for name in ("username", "password")]
    assert len({field.evaluate(width) for field in fields}) == 1
    show = _button_that_shows(anna, "password").bounding_box()
    field = fields[1].bounding_box()
    assert field["x"] < show["x"] and show["x"] + show["width"] <= field["x"] + field["width"] + 1
    assert show["height"] >= 44 and show["width"] >= 44


def test_without_javascript_there_is_no_button_that_does_nothing(customers):
    anna = customers.on_phone(javascript=False)
    anna.go_to_password()
    buttons = anna.page.locator('main button[type="button"]').all()
    assert not [button.inner_text() for button in buttons if button.is_visible()]


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_the_rules_are_there_before_anything_is_typed(javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.go_to_password()
    described = anna.page.get_attribute('[name="password"]', "aria-describedby") or ""
    rules = " ".join(anna.page.inner_text(f"#{part}") for part in described.split())
    for word in ("6", "kisbet", "nagybet", "szám"):
        assert word in rules


def test_the_rules_tick_themselves_off_and_tell_nothing_to_the_server(customers):
    anna = customers.on_phone()
    anna.go_to_password()
    anna.page.wait_for_load_state("networkidle")
    before = len(anna.visit.requests)
    met = anna.page.locator(".rules .met")
    assert met.count() == 0
    anna.page.focus('[name="password"]')
    anna.page.keyboard.type("Kertmozi27")
    expect(met).to_have_count(5)
    anna.page.wait_for_load_state("networkidle")
    assert len(anna.visit.requests) == before


def test_a_password_equal_to_the_address_is_refused_under_the_modern_policy(server_with, customers):
    server = server_with(BELEPO_PASSWORD_POLICY="modern")
    anna = customers.on_phone(server=server)
    anna.go_to_password()
    for refused in (anna.email, "Kertmozi27"):
        anna.choose_password(refused)
        assert anna.status == 422
    anna.choose_password("három véletlen szó, ékezettel")
    anna.must_be_at("/regisztracio/sikeres")
    anna.log_in()
    anna.must_be_at("/megerosites")


def _must_have_eyes(customer):
    """Each with a name of its own, which does not change with what it does."""
    fields = customer.page.locator('main input[autocomplete$="-password"]')
    names = set()
    for field in fields.all():
        show = _button_that_shows(customer, field.get_attribute("name"))
        assert field.get_attribute("type") == "password"
        assert show.get_attribute("aria-pressed") == "false"
        name = show.text_content()
        assert {"hu": "megjelenítése", "en": "Show"}[customer.language] in name
        names.add(name)
        show.click()
        assert field.get_attribute("type") == "text"
        assert show.get_attribute("aria-pressed") == "true" and show.text_content() == name
        assert not checks.barriers(customer)
        show.click()
        assert field.get_attribute("type") == "password"
    assert names and len(names) == fields.count()


def _button_that_shows(customer, field):
    """The button that belongs to this field, however they are tied together."""
    identity = customer.page.get_attribute(f'[name="{field}"]', "id")
    tied = customer.page.locator(f'button[type="button"][aria-controls="{identity}"]')
    beside = customer.page.locator(f':has(> [name="{field}"]) > button[type="button"]')
    return tied if tied.count() else beside.first
