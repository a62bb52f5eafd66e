"""The whole journey by Tab, Space, arrows and Enter."""

import re

from playwright.sync_api import expect

from customer import Customer


def test_the_whole_journey_by_keyboard(customers):
    anna = customers.at_desk()
    anna.open("/")
    _press(anna, 'main a[href^="/ugyfelportal"]')
    _press(anna, 'main a[href^="/regisztracio"]')
    _choose(anna, "kind", "customer")
    _type(anna, '[name="customerNumber"]', anna.person.number)
    _choose_prefix(anna)
    _type(anna, '[name="mobileNumber"]', anna.person.line)
    _press_button(anna, "mobileNumber")
    anna.must_be_at("/regisztracio/telefonszam")
    _type(anna, '[name="code"]', anna.sms_code()[1:])
    _press_button(anna, "code")
    anna.must_be_at("/regisztracio/email")
    _type(anna, '[name="email"]', anna.email)
    _choose(anna, "marketing", "no")
    _choose(anna, "dataProcessing", "yes")
    for box in ("contract", "notice"):
        _tab_to(anna, f'[name="{box}"]')
        anna.page.keyboard.press("Space")
    _press_button(anna, "email")
    anna.must_be_at("/regisztracio/jelszo")
    _type(anna, '[name="password"]', anna.password)
    _type(anna, '[name="passwordAgain"]', anna.password)
    _press_button(anna, "passwordAgain")
    anna.must_be_at("/regisztracio/sikeres")
    _press(anna, 'main a[href^="/bejelentkezes"]')
    _type(anna, '[name="username"]', anna.email)
    _type(anna, '[name="password"]', anna.password)
    _press_button(anna, "username")
    anna.must_be_at("/megerosites")
    _type(anna, '[name="code"]', anna.email_code()[1:])
    _press_button(anna, "code")
    anna.must_be_at("/fiok")


def test_enter_in_a_field_sends_the_form_and_nothing_else(customers):
    anna = customers.at_desk()
    anna.go_to_identity()
    anna.fill_in_identity()
    _enter_in(anna, "mobileNumber")
    anna.must_be_at("/regisztracio/telefonszam")
    anna.type("code", anna.sms_code()[1:])
    _enter_in(anna, "code")
    anna.must_be_at("/regisztracio/email")
    anna.fill_in_email()
    _enter_in(anna, "email")
    anna.must_be_at("/regisztracio/jelszo")


def test_the_first_stop_on_every_step_skips_to_the_content(customers):
    anna = customers.at_desk()
    anna.go_to_identity()
    anna.page.keyboard.press("Tab")
    anna.page.keyboard.press("Enter")
    # Where Tab goes on is known when the page of the new address has been painted.
    expect(anna.page).to_have_url(re.compile(r"#main$"))
    anna.page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
    )
    anna.page.keyboard.press("Tab")
    assert anna.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_nothing_holds_the_focus_and_it_can_always_be_seen(customers):
    anna = customers.at_desk()
    for walk in (anna.go_to_identity, anna.go_to_password):
        walk()
        stops = _walk_through(anna, "Tab")
        assert len(stops) == len(set(stops)), "Tab goes in circles before the end of the page"
        anna.page.evaluate("document.activeElement.blur()")
        assert set(_walk_through(anna, "Shift+Tab")) == set(stops)


def test_filling_in_never_goes_to_another_page(customers):
    anna = customers.on_phone()
    anna.go_to_code()
    anna.type("code", anna.sms_code()[1:])
    anna.page.wait_for_timeout(500)
    anna.must_be_at("/regisztracio/telefonszam")


def _walk_through(customer: Customer, key: str) -> list[int]:
    """The places of the elements that get the focus, until it leaves the page."""
    stops = []
    for _ in range(200):
        before = _looks(customer, stops[-1]) if stops else None
        customer.page.keyboard.press(key)
        place = customer.page.evaluate(
            """() => document.activeElement === document.body ? -1
                 : [...document.querySelectorAll('*')].indexOf(document.activeElement)"""
        )
        if stops:
            after = _looks(customer, stops[-1])
            assert after != before, f"focus cannot be seen: {_html(customer, stops[-1])}"
        if place == -1 or place in stops:
            return stops
        stops.append(place)
    raise AssertionError("no end of the page in 200 steps")


def _looks(customer: Customer, place: int) -> str:
    """What could show the focus, of the element itself and of its label and frame."""
    return customer.page.evaluate(
        """place => {
          const element = document.querySelectorAll('*')[place]
          return [element, element.parentElement, ...(element.labels ?? [])].flatMap(each =>
            ['', '::before', '::after'].map(part => {
              const style = getComputedStyle(each, part)
              return [style.outline, style.boxShadow, style.borderColor, style.borderWidth,
                      style.backgroundColor, style.textDecoration].join()
            })).join(';')
        }""",
        place,
    )


def _html(customer: Customer, place: int) -> str:
    return customer.page.evaluate(
        "place => document.querySelectorAll('*')[place].outerHTML.slice(0, 150)", place
    )


def _tab_to(customer: Customer, selector: str) -> None:
    for _ in range(80):
        if customer.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        customer.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def _type(customer: Customer, selector: str, text: str) -> None:
    _tab_to(customer, selector)
    customer.page.keyboard.type(text)


def _press(customer: Customer, selector: str) -> None:
    _tab_to(customer, selector)
    with customer.page.expect_navigation():
        customer.page.keyboard.press("Enter")


def _press_button(customer: Customer, field: str) -> None:
    """The button is a stop after the fields, and it is the one that sends them."""
    button = customer.button(field).element_handle()
    for _ in range(80):
        if button.evaluate("button => button === document.activeElement"):
            break
        customer.page.keyboard.press("Tab")
    else:
        raise AssertionError("Tab does not reach the button")
    with customer.page.expect_navigation():
        customer.page.keyboard.press("Enter")


def _enter_in(customer: Customer, field: str) -> None:
    customer.page.focus(f'[name="{field}"]')
    with customer.page.expect_navigation():
        customer.page.keyboard.press("Enter")


def _choose(customer: Customer, field: str, value: str) -> None:
    """Radio buttons: Tab to the group, arrows within it; Space ticks the one that is reached."""
    _tab_to(customer, f'[name="{field}"]')
    if not customer.page.locator(f'[name="{field}"]:checked').count():
        customer.page.keyboard.press("Space")
    for _ in range(4):
        if customer.page.is_checked(f'[name="{field}"][value="{value}"]'):
            return
        customer.page.keyboard.press("ArrowDown")
    raise AssertionError(f"{field} cannot be set to {value}")


def _choose_prefix(customer: Customer) -> None:
    _tab_to(customer, '[name="mobilePrefix"]')
    customer.page.keyboard.type(customer.person.prefix)
    assert customer.value("mobilePrefix") == customer.person.prefix
