"""The people of the demo's sample register, as its files tell them."""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "Sources" / "belepo" / "SampleRegister"


@dataclass
class Policy:
    number: str
    product: str
    status: str


@dataclass
class Person:
    number: str
    old_numbers: list[str]
    name: str
    mobile: str  # as the register writes it
    email: str
    status: str
    policies: list[Policy] = field(default_factory=list)

    @property
    def digits(self) -> str:
        """The nine digits behind 06: 301234567; empty when the register has no number."""
        digits = re.sub(r"\D", "", self.mobile)
        return re.sub(r"^(0036|36|06)(?=\d{8})", "", digits)

    @property
    def prefix(self) -> str:
        return self.digits[:2]

    @property
    def line(self) -> str:
        """The seven digits that stand beside the prefix."""
        return self.digits[2:]


def everyone() -> dict[str, Person]:
    people = {
        row["customer_number"]: Person(
            number=row["customer_number"],
            old_numbers=row["old_customer_number"].split(),
            name=row["name"],
            mobile=row["sms_number"],
            email=row["email"],
            status=row["status"],
        )
        for row in _rows("customers.csv")
    }
    for row in _rows("policies.csv"):
        person = people[row["customer_number"]]
        person.policies.append(Policy(row["policy_number"], row["product"], row["status"]))
    return people


def ordinary_people() -> list[Person]:
    """Those who can register without anything special: nobody else has their number or address."""
    people = everyone()
    numbers = [person.digits for person in people.values()]
    addresses = [person.email.lower() for person in people.values()]
    return [
        person
        for person in people.values()
        if person.status == "active"
        and re.fullmatch(r"(20|30|70)\d{7}", person.digits)
        and numbers.count(person.digits) == 1
        and (not person.email or addresses.count(person.email.lower()) == 1)
        and not person.number.startswith("300")
        and any(policy.status == "active" for policy in person.policies)
    ]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
