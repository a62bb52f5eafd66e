"""Takes pictures of every page and error state into BrowserTests/pictures/, which git ignores.

    .venv/bin/python BrowserTests/pictures.py [--only STRETCH …] [--readme FILE]

--readme takes one of the journey, with the customer whom the documents name.
"""

import argparse
import base64
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

import sample_register
import tour
from browsing import launch, open_visit
from customer import Customer
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

    def someone(self, person=None, server=None, language=None, **_) -> Customer:
        language, server = language or self.language, server or self.server
        visit = open_visit(self.browser, server.url, language=language, **self.options)
        return Customer(person or next(self.people), visit, server, language)

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


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    names = [stretch.__name__ for stretch in tour.STRETCHES]
    arguments.add_argument("--only", nargs="+", default=[], choices=names, metavar="STRETCH")
    arguments.add_argument("--readme", type=Path, metavar="FILE")
    wishes = arguments.parse_args()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if wishes.readme:
            for_the_readme(browser, wishes.readme)
        else:
            of_everything(browser, wishes.only)
        browser.close()


if __name__ == "__main__":
    main()
