"""People write numbers in every possible way, and what cannot be right is said kindly."""

import pytest

import checks
from customer import Customer, without_case_number
from tour import IMPOSSIBLE_MOBILES

# Written with the customer's own prefix (p) and seven digits (a b c).
WAYS_TO_WRITE_A_MOBILE = [
    "+36 {p} {a} {b}{c}",
    "+36{p}{a}{b}{c}",
    "0036 {p} {a}-{b}-{c}",
    "36{p}{a}{b}{c}",
    "06{p}/{a}-{b}{c}",
    "06 {p} {a} {b} {c}",
    "06-{p}-{a}-{b}-{c}",
    "(06 {p}) {a} {b}{c}",
    "{p} {a} {b}{c}",
    "+36\u00a0{p}\u00a0{a}\u00a0{b}{c}",
    "\u202a+36 {p} {a} {b}{c}\u202c",
    "{a} {b} {c}",
    "{a}-{b}{c}",
    "  {a}{b}{c} ",
]


@pytest.mark.parametrize("way", WAYS_TO_WRITE_A_MOBILE)
def test_a_mobile_number_pasted_in_one_of_many_ways(way, customers):
    anna = customers.on_phone()
    line = anna.person.line
    written = way.format(p=anna.person.prefix, a=line[:3], b=line[3:5], c=line[5:])
    whole = "{p}" in way
    anna.go_to_identity()
    anna.identify(prefix=_another_prefix(anna) if whole else anna.person.prefix, mobile=written)
    anna.must_be_at("/regisztracio/telefonszam")
    assert anna.sms_code()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("way", ["+36 {} {}", "06{}/{}"])
def test_a_mobile_number_typed_key_by_key(way, javascript, customers):
    anna = customers.on_phone(javascript=javascript)
    anna.go_to_identity()
    anna.fill_in_identity(prefix=_another_prefix(anna), mobile="")
    anna.page.focus('[name="mobileNumber"]')
    anna.page.keyboard.type(way.format(anna.person.prefix, anna.person.line))
    anna.press("mobileNumber")
    anna.must_be_at("/regisztracio/telefonszam")


def test_a_number_from_the_clipboard(customers):
    anna = customers.at_desk(permissions=["clipboard-read", "clipboard-write"])
    anna.go_to_identity()
    anna.fill_in_identity(mobile="")
    _paste(anna, "mobileNumber", f"+36 {anna.person.prefix} {anna.person.line}")
    anna.press("mobileNumber")
    anna.must_be_at("/regisztracio/telefonszam")
    _paste(anna, "code", anna.sms_code())
    anna.press("code")
    anna.must_be_at("/regisztracio/email")


WAYS_TO_WRITE_A_CUSTOMER_NUMBER = {
    "lower case": str.lower,
    "spaces": " ".join,
    "a hyphen": lambda number: f" {number[:3]}-{number[3:]} ",
    "a slash": lambda number: f"{number[:4]}/{number[4:]}",
}

WAYS_TO_WRITE_A_POLICY_NUMBER = {
    "lower case": str.lower,
    "spaces": lambda number: number.replace("-", " "),
    "nothing between": lambda number: number.replace("-", ""),
}


@pytest.mark.parametrize(
    "way", WAYS_TO_WRITE_A_CUSTOMER_NUMBER.values(), ids=WAYS_TO_WRITE_A_CUSTOMER_NUMBER
)
def test_a_customer_number_written_in_one_of_many_ways(way, customers, people):
    with_letters = people["A1B2C34"] if way is str.lower else None
    anna = customers.on_phone(person=with_letters)
    anna.go_to_identity()
    anna.identify(number=way(anna.person.number))
    anna.must_be_at("/regisztracio/telefonszam")


@pytest.mark.parametrize(
    "way", WAYS_TO_WRITE_A_POLICY_NUMBER.values(), ids=WAYS_TO_WRITE_A_POLICY_NUMBER
)
def test_a_policy_number_written_in_one_of_many_ways(way, customers):
    anna = customers.on_phone()
    number = next(policy.number for policy in anna.person.policies if policy.status == "active")
    anna.go_to_identity()
    anna.identify(kind="policy", number=way(number))
    anna.must_be_at("/regisztracio/telefonszam")


@pytest.mark.parametrize("typed", IMPOSSIBLE_MOBILES, ids=IMPOSSIBLE_MOBILES.values())
def test_a_mobile_number_that_cannot_be_one(typed, customers):
    anna = customers.on_phone()
    anna.go_to_identity()
    anna.identify(mobile=typed)
    assert anna.status == 422
    assert "A mobiltelefon mezőnél nem megfelelő telefonszám hiba van" in anna.text
    assert not checks.lost_focus(anna) + checks.faulty_error_state(anna)
    assert anna.value("customerNumber") == anna.person.number
    assert anna.value("mobileNumber") == typed
    assert anna.value("mobilePrefix") == anna.person.prefix


def test_no_match_says_the_same_whatever_the_reason(people, customers):
    old_number = people["3000801"]
    attempts = {
        "nobody has the number": ("9999999", "30", "5559999"),
        "another customer's mobile": (customers.on_phone().person.number, "30", "5559998"),
        "the old customer number": (old_number.old_numbers[0], old_number.prefix, old_number.line),
        "blocked": ("3000901", people["3000901"].prefix, people["3000901"].line),
        "deceased": ("3000911", people["3000911"].prefix, people["3000911"].line),
        "closed": ("3000921", people["3000921"].prefix, people["3000921"].line),
        "no mobile on file": ("3000301", "30", "5559997"),
        "a landline on file": ("3000601", "20", "5559996"),
    }
    seen = {}
    for reason, (number, prefix, mobile) in attempts.items():
        anna = customers.on_phone()
        anna.go_to_identity()
        anna.identify(number=number, prefix=prefix, mobile=mobile)
        assert anna.status == 422, reason
        assert anna.case_number() in anna.text
        assert anna.value("customerNumber") == number
        assert anna.value("mobileNumber") == mobile
        assert not anna.server.messages(prefix + mobile)
        seen[reason] = without_case_number(anna.text)
    assert len(set(seen.values())) == 1, seen
    text = seen["nobody has the number"]
    assert (
        "A megadott szerződésszám / ügyfélszámla szám, vagy mobil telefonszám nem megfelelő" in text
    )
    assert "06-40-421-421" in text or "06 40 421 421" in text


def test_a_number_typed_before_changing_the_tab_is_not_lost(customers):
    anna = customers.on_phone()
    anna.go_to_identity()
    anna.fill_in_identity(kind="customer")
    anna.choose_kind("policy")
    assert anna.value("mobileNumber") == anna.person.line
    assert anna.value("mobilePrefix") == anna.person.prefix


def _another_prefix(customer: Customer) -> str:
    return "20" if customer.person.prefix != "20" else "70"


def _paste(customer: Customer, field: str, text: str) -> None:
    customer.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    customer.page.focus(f'[name="{field}"]')
    customer.page.keyboard.press("Control+V")
    assert customer.value(field) == text
