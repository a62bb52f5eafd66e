"""Takes pictures of every page and error state into BrowserTests/pictures/, which git ignores.

    .venv/bin/python BrowserTests/pictures.py [--only STRETCH …] [--readme FILE] [--sheets FOLDER]

--readme takes one of the journey, with the customer whom the documents name; --sheets makes contact
sheets of the journey on phone and desk, the account, errors, the dark and the letters.
"""

import argparse
import base64
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.append(str(Path(__file__).parent.parent / "TestGround"))

import sample_register
import tour
from browsing import launch, open_visit
from customer import Customer
from program import environment, program
from server import Server

PICTURES = Path(__file__).parent / "pictures"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}

LOOKS = {
    "phone": ("hu", {"device": PHONE}),
    "phone-english": ("en", {"device": PHONE}),
    "phone-dark": ("hu", {"device": PHONE, "color_scheme": "dark"}),
    "phone-forced-colours": ("hu", {"device": PHONE, "forced_colors": "active"}),
    "desktop": ("hu", {"device": DESKTOP}),
}


class Cast:
    """What conftest.py's cast is to the stories: people with a browser each."""

    def __init__(self, browser, server, look):
        self.browser, self.server = browser, server
        self.language, self.options = LOOKS[look]
        self.people = iter(sample_register.ordinary_people()[3:])
        self.servers = []

    def someone(
        self, person=None, server=None, language=None, email_on_file=None, **_
    ) -> Customer:
        language, server = language or self.language, server or self.server
        visit = open_visit(self.browser, server.url, language=language, **self.options)
        if person is None:
            person = next(self.people)
            while email_on_file and not person.email:
                person = next(self.people)
        return Customer(person, visit, server, language)

    def server_with(self, **settings) -> Server:
        self.servers.append(Server(**settings))
        return self.servers[-1]

    at_desk = on_phone = someone


def of_everything(browser, only: list[str]) -> None:
    for look in LOOKS:
        folder = PICTURES / look
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            if not only or old.name.split(".")[0] in only:
                old.unlink()
        server = Server()
        try:
            cast = Cast(browser, server, look)
            for stretch in tour.STRETCHES:
                if only and stretch.__name__ not in only:
                    continue
                customer = cast.someone()
                for number, stop in enumerate(stretch(customer, cast), start=1):
                    name = re.sub(r"\W+", "-", stop).strip("-")
                    path = folder / f"{stretch.__name__}.{number:02}.{name}.png"
                    customer.page.screenshot(path=path, full_page=True)
                    print(path.relative_to(PICTURES.parent))
        finally:
            for each in [server, *cast.servers]:
                each.stop()


def for_the_readme(browser, file: Path) -> None:
    """Three phones beside each other."""
    server = Server()
    pictures = []
    try:
        anna = Cast(browser, server, "phone").someone(person=sample_register.everyone()["1234567"])
        anna.email = "kovacs.anna@example.hu"

        def picture():
            anna.page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
            pictures.append(base64.b64encode(anna.page.screenshot()).decode())

        anna.go_to_identity()
        anna.fill_in_identity()
        picture()
        anna.press("mobileNumber")
        picture()
        anna.enter_sms_code()
        anna.give_email()
        anna.choose_password()
        anna.log_in()
        anna.confirm_email()
        picture()
    finally:
        server.stop()
    phones = "".join(f'<img src="data:image/png;base64,{each}">' for each in pictures)
    page = browser.new_page(viewport={"width": 1250, "height": 884})
    page.set_content(
        f'<body style="margin: 20px; display: flex; gap: 20px; background: #d5dcdf">{phones}'
    )
    page.screenshot(path=file)
    print(file)


# Sheet → look, and the stops of the tour that are on it.
SHEETS = {
    "phone": ("phone", {
        "public_pages": ["page /", "page /ugyfelportal"],
        "identification": ["identification"],
        "sms_code": ["sms code"],
        "email_and_declarations": ["email"],
        "password": ["password", "success"],
        "login_and_confirmation": ["login", "confirmation"],
    }),
    "desktop": ("desktop", {
        "public_pages": ["page /", "page /ugyfelportal"],
        "identification": ["identification"],
        "sms_code": ["sms code"],
        "password": ["password", "success"],
        "home_and_devices": ["/fiok after logins elsewhere"],
    }),
    "account": ("phone", {
        "home_and_devices": ["/fiok after logins elsewhere", "/fiok with its menu open",
                             "/fiok/biztonsag after logins elsewhere"],
        "declarations": ["declarations"],
        "data_rights": ["data"],
        "contract_and_its_end": ["end of the contract"],
        "another_address_for_letters": None,
        "time_limits": ["time limit of a session", "the form as it was"],
    }),
    "errors": ("phone", {
        "identification": ["error identification by policy number, nothing filled in",
                           "error mobile number: a landline", "error no match"],
        "sms_code": ["error sms code: wrong 1 times", "error sms code: no tries left"],
        "email_and_declarations": ["error email, nothing filled in"],
        "password": ["error password: too common"],
        "login_with_a_code": ["login code", "error login code: wrong"],
    }),
    "dark": ("phone-dark", {
        "public_pages": ["page /ugyfelportal"],
        "identification": ["identification", "error no match"],
        "sms_code": ["sms code"],
        "email_and_declarations": ["email"],
        "password": ["password", "success"],
        "home_and_devices": ["/fiok after logins elsewhere"],
    }),
}
LETTER_KINDS = ["email_code", "recovery_code", "contract_ended", "login_new_device",
                "login_after_failures", "user_name_undo", "account_locked", "password_changed"]


def sheets(browser, folder: Path, only: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (look, wanted) in SHEETS.items():
        if only and name not in only:
            continue
        server, pictures = Server(), []
        try:
            cast = Cast(browser, server, look)
            for stretch in tour.STRETCHES:
                stops = wanted.get(stretch.__name__, [])
                if stops == []:
                    continue
                customer, left = cast.someone(), None if stops is None else set(stops)
                for stop in stretch(customer, cast):
                    if stops is None or stop in stops:
                        customer.page.evaluate("document.activeElement?.blur()")
                        pictures.append((stop, customer.page.screenshot(full_page=True)))
                    if left is not None:
                        left.discard(stop)
                        if not left:
                            break
                    elif len(pictures) % 3 == 0:
                        break
        finally:
            for each in [server, *cast.servers]:
                each.stop()
        _sheet(browser, pictures, folder / f"{name}.jpg", 1280 if look == "desktop" else 390)
    if not only or "letters" in only:
        _letters(browser, folder / "letters.jpg")


def _letters(browser, file: Path) -> None:
    """As they are sent, in light and in dark."""
    pictures = []
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport={"width": 560, "height": 700}, color_scheme=scheme)
        for kind in LETTER_KINDS:
            html = subprocess.run(
                [program(), "messages", "preview", "--kind", kind, "--language", "hu", "--html"],
                env=environment(
                    BELEPO_HTTP_PUBLIC_URL="https://portal.pelda.example",
                    BELEPO_DATABASE_URL="sqlite::memory:",
                ),
                capture_output=True, text=True, check=True,
            ).stdout
            assert html, f"no sample of {kind}"
            page.set_content(html.split("<!DOCTYPE html>")[1])
            pictures.append((f"{kind}, {scheme}", page.screenshot(full_page=True)))
        page.close()
    _sheet(browser, pictures, file, 560)


def _sheet(browser, pictures: list[tuple[str, bytes]], file: Path, width: int) -> None:
    shown = 300 if width < 1000 else 560
    cells = "".join(
        f'<figure><figcaption>{caption}</figcaption>'
        f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}"></figure>'
        for caption, picture in pictures
    )
    page = browser.new_page(viewport={"width": 4 * (shown + 20) + 40 if shown == 300 else 1200,
                                      "height": 600})
    page.set_content(
        f"<style>body {{ margin: 20px; background: #d5dcdf; display: flex; flex-wrap: wrap;"
        f" gap: 20px; align-items: flex-start; font: 13px sans-serif }} figure {{ margin: 0 }}"
        f" img {{ width: {shown}px; display: block; border: 1px solid #8a979c }}"
        f" figcaption {{ padding: 2px 0 6px }}</style>{cells}"
    )
    # Sheets are many, and kept with the sources.
    page.screenshot(path=file, full_page=True, type="jpeg", quality=60)
    page.close()
    print(file)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    names = [stretch.__name__ for stretch in tour.STRETCHES]
    arguments.add_argument("--only", nargs="+", default=[], choices=names, metavar="STRETCH")
    arguments.add_argument("--readme", type=Path, metavar="FILE")
    arguments.add_argument("--sheets", type=Path, metavar="FOLDER")
    arguments.add_argument("--sheet", nargs="+", default=[], choices=[*SHEETS, "letters"])
    wishes = arguments.parse_args()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if wishes.readme:
            for_the_readme(browser, wishes.readme)
        elif wishes.sheets:
            sheets(browser, wishes.sheets, wishes.sheet)
        else:
            of_everything(browser, wishes.only)
        browser.close()


if __name__ == "__main__":
    main()
