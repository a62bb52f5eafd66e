"""A customer in front of a browser, who does what customers do."""

import contextlib
import copy
import itertools
import re
import time
from urllib.parse import urlsplit

from playwright.sync_api import Page

from browsing import Visit
from sample_register import Person
from server import Message, Server
from shortcut import Shortcut

PASSWORD = "Kertmozi27"

_addresses = itertools.count(1)


class Customer:
    """Every step may be done alone: a story that wants another value, or a mistake, says so.

    Steps do not look at where they lead. Stories do, with `path` and `status`.
    """

    def __init__(self, person: Person, visit: Visit, server: Server, language: str):
        self.person = person
        self.visit = visit
        self.server = server
        self.language = language
        self.page: Page = visit.new_page()
        self.email = f"ugyfel.{next(_addresses)}@example.com"
        self.password = PASSWORD
        self._speaks = False
        # How the person came: language, device, scripts.
        self.wishes: dict = {}

    # The journey.

    def open_portal(self) -> None:
        """From the insurer's opening page to the first step, by its buttons."""
        self.open("/", speak=False)
        self.follow('main a[href^="/ugyfelportal"]')
        if self.language != "hu":
            self.switch_language(self.language)
        self._speaks = True
        self.follow('main a[href^="/regisztracio"]')

    def identify(
        self,
        kind: str = "customer",
        number: str | None = None,
        prefix: str | None = None,
        mobile: str | None = None,
    ) -> None:
        self.fill_in_identity(kind, number, prefix, mobile)
        self.press("mobileNumber")

    def fill_in_identity(self, kind="customer", number=None, prefix=None, mobile=None) -> None:
        if number is None:
            number = self.person.number if kind == "customer" else self._policy_number()
        self.choose_kind(kind)
        self.type(f"{kind}Number", number)
        self.choose_prefix(self.person.prefix if prefix is None else prefix)
        self.type("mobileNumber", self.person.line if mobile is None else mobile)

    def enter_sms_code(self, code: str | None = None) -> None:
        """Types the last five characters of the newest code by SMS, unless told what."""
        self.submit(code=self.sms_code()[1:] if code is None else code)

    def give_email(
        self,
        email: str | None = None,
        marketing: str | None = "no",
        data_processing: str | None = "yes",
        contract: bool = True,
        notice: bool = True,
    ) -> None:
        self.fill_in_email(email, marketing, data_processing, contract, notice)
        self.press("email")

    def fill_in_email(
        self, email=None, marketing="no", data_processing="yes", contract=True, notice=True
    ) -> None:
        if email is not None:
            self.email = email
        self.type("email", self.email)
        self.declare(marketing, data_processing, contract, notice)

    def declare(self, marketing="no", data_processing="yes", contract=True, notice=True) -> None:
        if marketing:
            self.page.check(f'[name="marketing"][value="{marketing}"]')
        if data_processing:
            self.page.check(f'[name="dataProcessing"][value="{data_processing}"]')
        self.page.set_checked('[name="contract"]', contract)
        self.page.set_checked('[name="notice"]', notice)

    def choose_password(self, password: str | None = None, again: str | None = None) -> None:
        if password is not None:
            self.password = password
        again = self.password if again is None else again
        self.submit(password=self.password, passwordAgain=again)

    def log_in(self, username: str | None = None, password: str | None = None) -> None:
        if self.path != "/bejelentkezes":
            self.open("/bejelentkezes")
        self.submit(username=username or self.email, password=password or self.password)

    def confirm_email(self, code: str | None = None) -> None:
        """Types the last five characters of the newest code by e-mail, unless told what."""
        self.submit(code=self.email_code()[1:] if code is None else code)

    def ask_for_copy(self) -> None:
        """Of one's data; the form has nothing to fill in."""
        with self.page.expect_navigation():
            self.page.locator('form:has([value="copy"]) button').click()

    # Several steps at once, for stories about something later. Most are not seen by the browser.

    def register(self, email: str | None = None, **declarations) -> None:
        self.email = email or self.email
        Shortcut(self).to_success(**declarations)
        self._arrive_at("/regisztracio/sikeres")

    def go_to_identity(self) -> None:
        self.open("/regisztracio")

    def go_to_code(self) -> None:
        self.go_to_identity()
        self.identify()
        self.must_be_at("/regisztracio/telefonszam")

    def go_to_email(self) -> None:
        Shortcut(self).to_email()
        self._arrive_at("/regisztracio/email")

    def go_to_password(self) -> None:
        Shortcut(self).to_password()
        self._arrive_at("/regisztracio/jelszo")

    def go_to_confirmation(self) -> None:
        Shortcut(self).to_confirmation()
        self._arrive_at("/megerosites")

    def become_a_user(self) -> None:
        Shortcut(self).to_account()
        self._arrive_at("/fiok")

    def _arrive_at(self, path: str) -> None:
        self.open(path)
        self.must_be_at(path)

    # Codes.

    def shown_prefix(self) -> str:
        return self.page.locator("[data-code-prefix]").first.inner_text().strip()

    def sms_code(self) -> str:
        return self.server.wait_for_code(self.person.digits, self.shown_prefix())

    def email_code(self) -> str:
        return self.server.wait_for_code(self.email, self.shown_prefix())

    def newest_sms(self) -> Message:
        return self.server.wait_for_message(self.person.digits)

    def newest_letter(self) -> Message:
        return self.server.wait_for_message(self.email)

    def sms_count(self) -> int:
        return len(self.server.delivered_messages(self.person.digits))

    def ask_for_a_code_just_sent(self, resend: str, table: str) -> None:
        """Another one, too early."""
        self.renew_the_code(table)
        self.press_in_form(resend)

    def renew_the_code(self, table: str) -> None:
        """However long a busy machine took until here, for the program and for the page, which is
        loaded anew, the code was sent just now."""
        now = int(time.time() * 1000)
        self.server.change(f"UPDATE {table} SET code_sent_at = {now} WHERE code_sent_at IS NOT NULL")
        self.open(self.path)

    def let_time_pass_since_the_code(self, seconds: float = 61) -> None:
        """For the program it is so much longer ago that it sent the newest code by SMS."""
        whose = f"customer_number = '{self.person.number}'"
        self._move_back("registration", ["code_sent_at", "code_expires_at"], seconds, whose)

    def let_time_pass_since_the_login(self, seconds: float = 301) -> None:
        """For the program the login, and what was proven since, is so much longer ago."""
        whose = f"account_id IN (SELECT id FROM account WHERE email = '{self.email}')"
        self._move_back("session", ["authenticated_at", "proven_at"], seconds, whose)

    @contextlib.contextmanager
    def looking_closely(self):
        """What is done here may take a busy machine long; the login does not grow older by it."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.let_time_pass_since_the_login(begun - time.monotonic())

    def _move_back(self, table: str, columns: list[str], seconds: float, whose: str) -> None:
        moves = ", ".join(f"{column} = {column} - {int(seconds * 1000)}" for column in columns)
        self.server.change(f"UPDATE {table} SET {moves} WHERE {whose}")

    # Hands and eyes.

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def status(self) -> int:
        """Of the page that is in front of the customer."""
        return self.visit.statuses[self.page]

    @property
    def text(self) -> str:
        # Soft hyphens only help the eye.
        return self.page.inner_text("main")

    def value(self, field: str) -> str:
        return self.page.input_value(f'[name="{field}"]')

    def must_be_at(self, path: str) -> None:
        assert self.path == path, f"at {self.path} ({self.status}) instead of {path}: {self.text}"

    def open(self, path: str, speak: bool = True) -> None:
        """Goes to an address as from a bookmark, in the customer's language from the first on."""
        if speak and not self._speaks:
            if self.language != "hu":
                path += f"?nyelv={self.language}"
            self._speaks = True
        self.page.goto(path)

    def type(self, field: str, text: str) -> None:
        """As pasted: it obeys maxlength, and the page is told once.

        Ending without a blur would hide a page that reacts to one.
        """
        box = self.page.locator(f'[name="{field}"]')
        box.fill("")
        self.page.keyboard.insert_text(text)
        box.blur()

    def choose_prefix(self, prefix: str) -> None:
        self.page.select_option('[name="mobilePrefix"]', prefix)

    def choose_kind(self, kind: str) -> None:
        """The tab: a radio button that shows its field."""
        self.page.check(f'[name="kind"][value="{kind}"]')

    def submit(self, **typed: str) -> None:
        """Fills in a form and presses its button."""
        for field, text in typed.items():
            self.type(field, text)
        self.press(field)

    def press(self, field: str) -> None:
        """The button that sends the form with this field; waits for the page that follows."""
        with self.page.expect_navigation():
            self.button(field).click()

    def button(self, field: str):
        return self.page.locator(
            f'form:has([name="{field}"]) '
            'button:not([type="button"], [type="reset"], [name], [formaction])'
        ).first

    def press_in_form(self, path: str) -> None:
        """The button of a form that has no field of its own: resend, log out."""
        button = self.page.locator(f'form[action="{path}"] button').first
        self.reveal(button)
        # A story's time is the program's: what the page's own clock still holds back is let go.
        button.evaluate("button => button.removeAttribute('aria-disabled')")
        with self.page.expect_navigation():
            button.click()

    def reveal(self, element) -> None:
        """Opens what it is folded into: the menu of the account, help for who waits.

        A click might close what a countdown has just opened.
        """
        element.evaluate("element => element.closest('details')?.setAttribute('open', '')")

    def follow(self, selector: str) -> None:
        """A link, by the beginning of its address."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def switch_language(self, language: str) -> None:
        with self.page.expect_navigation():
            # A link, or a button that takes along what is typed.
            self.page.locator(f'header :is(a, button)[lang="{language}"]').click()
        self.language = language

    def reload(self) -> None:
        self.page.reload()

    def go_back(self) -> None:
        self.page.go_back()

    def in_second_tab(self) -> "Customer":
        """The same person with the same cookies, in another tab at the same address."""
        second = copy.copy(self)
        second.page = self.visit.new_page()
        second.page.goto(self.page.url)
        return second

    def forget_cookies(self) -> None:
        self.visit.context.clear_cookies()

    def error_summary(self) -> str:
        return self.page.inner_text("#error-summary")

    def case_number(self) -> str:
        return self.page.locator("[data-case-number]").first.inner_text().strip()

    def _policy_number(self) -> str:
        return next(policy.number for policy in self.person.policies if policy.status == "active")


def wrong(code: str) -> str:
    """A code like this one, but another: the last character is changed."""
    return code[:-1] + ("3" if code[-1] == "2" else "2")


def without_case_number(text: str) -> str:
    return re.sub(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", "CASE", text)
