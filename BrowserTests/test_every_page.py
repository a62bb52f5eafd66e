"""Every page and error state can be used by everyone, however they read it."""

import gzip

import pytest

import checks
import tour
from browsing import DESKTOP, PHONE


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("stretch", tour.STRETCHES, ids=lambda stretch: stretch.__name__)
@pytest.mark.parametrize(
    "wishes",
    [
        {"language": "hu", "device": PHONE},
        {"language": "en", "device": DESKTOP},
        {"language": "hu", "device": PHONE, "javascript": False},
    ],
    ids=["phone in Hungarian", "desktop in English", "no scripts"],
)
def test_every_page_and_error_state(wishes, stretch, customers, subtests):
    customer = customers.someone(**wishes)
    for stop in stretch(customer, customers):
        with subtests.test(stop), customer.looking_closely():
            is_error = customer.page.locator("#error-summary").count() > 0
            assert is_error == stop.startswith("error "), f"an error state: {is_error}"
            problems = checks.lost_focus(customer) if is_error else []
            problems += checks.everything(customer)
            assert not problems, "\n".join(problems)


def test_the_page_of_all_elements(customers):
    customer = customers.at_desk()
    customer.open("/demo/elemek")
    assert not checks.everything(customer)


def test_the_demo_page_of_messages(customers):
    customer = customers.at_desk()
    customer.go_to_code()
    customer.newest_sms()
    customer.open("/demo/uzenetek")
    assert not checks.barriers(customer) + checks.overflow(customer.page)


@pytest.mark.parametrize("path", ["/", "/ugyfelportal", "/regisztracio"])
def test_a_first_page_weighs_at_most_30_kilobytes_compressed(path, customers):
    """With everything that it loads, as a proxy packs it."""
    customer = customers.on_phone()
    answers = []
    customer.page.on("response", lambda answer: answers.append(answer))
    customer.page.goto(path, wait_until="networkidle")
    assert len(answers) >= 3, "the style sheet and the script are missing"
    assert 0 < sum(len(gzip.compress(answer.body())) for answer in answers) <= 30_000


def test_colours_chosen_by_the_reader_are_obeyed(customers):
    customer = customers.at_desk(forced_colors="active", color_scheme="dark")
    customer.go_to_identity()
    assert customer.page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select')]
             .filter(element => element.checkVisibility())
             .every(element => getComputedStyle(element).forcedColorAdjust !== 'none')"""
    )


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_whoever_asks_for_more_contrast_gets_it(color_scheme, customers):
    pale, sharp = (
        customers.at_desk(color_scheme=color_scheme, contrast=contrast)
        for contrast in ("no-preference", "more")
    )
    for customer in (pale, sharp):
        customer.open("/demo/elemek")
    colour = "([selector, look]) => getComputedStyle(document.querySelector(selector))[look]"
    for selector, look in ((".hint", "color"), (".policy", "borderTopColor")):
        ink = sharp.page.evaluate(colour, ["body", "color"])
        assert sharp.page.evaluate(colour, [selector, look]) == ink
        assert pale.page.evaluate(colour, [selector, look]) != ink
    assert not checks.everything(sharp)


def test_help_is_in_the_same_place_on_every_page(customers):
    customer = customers.at_desk()
    footers = set()
    for path in [*tour.PUBLIC_PAGES, "/regisztracio", "/bejelentkezes", "/elfelejtett-jelszo"]:
        customer.open(path)
        footers.add(customer.page.inner_text("footer").strip())
    assert len(footers) == 1
    assert "421" in footers.pop()
