"""The registration without a browser, for stories about something later.

The same forms with the same cookies, sent as a browser would: a tenth of the time, for which a
browser has to show nine pages.
"""

import re

from browser import hidden_fields


class Shortcut:
    def __init__(self, customer):
        self.customer = customer
        self.page = ""
        # A person may have been here before: the codes of that time are good for nothing.
        self._before = {
            to: len(customer.server.delivered_messages(to))
            for to in (customer.person.digits, customer.email)
        }

    def to_email(self) -> None:
        person = self.customer.person
        self.open("/regisztracio")
        self.send(
            "/regisztracio",
            kind="customer",
            customerNumber=person.number,
            mobilePrefix=person.prefix,
            mobileNumber=person.line,
        )
        self.send("/regisztracio/telefonszam", code=self._code(person.digits))

    def to_password(self, marketing="no", data_processing="yes") -> None:
        self.to_email()
        self.send(
            "/regisztracio/email",
            email=self.customer.email,
            marketing=marketing,
            dataProcessing=data_processing,
            contract="yes",
            notice="yes",
        )

    def to_success(self, **declarations) -> None:
        self.to_password(**declarations)
        password = self.customer.password
        self.send("/regisztracio/jelszo", password=password, passwordAgain=password)

    def to_confirmation(self) -> None:
        self.to_success()
        self.open("/bejelentkezes")
        self.send("/bejelentkezes", username=self.customer.email, password=self.customer.password)

    def to_account(self) -> None:
        self.to_confirmation()
        self.send("/megerosites", code=self._code(self.customer.email))

    def open(self, path: str) -> None:
        self.page = self._requests.get(f"{path}?nyelv={self.customer.language}").text()

    def send(self, path: str, **typed: str) -> None:
        """The form of the page before, and on to the page that follows."""
        form = re.search(r'<form[^>]* id="form".*?</form>', self.page, re.DOTALL)
        assert form, f"no form for {path} in: {self.page}"
        answer = self._requests.post(
            path,
            form=hidden_fields(form[0]) | typed,
            headers={"Origin": self.customer.server.url, "Sec-Fetch-Site": "same-origin"},
        )
        self.page = answer.text()
        assert answer.ok and not answer.url.endswith(path), f"{answer.status}: {self.page}"

    def _code(self, to: str) -> str:
        prefix = re.search(r"data-code-prefix>\s*(\w)", self.page)[1]
        return self.customer.server.wait_for_code(to, prefix, self._before[to])[1:]

    @property
    def _requests(self):
        return self.customer.visit.context.request
