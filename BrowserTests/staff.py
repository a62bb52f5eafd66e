"""Somebody of the staff in front of a browser, with a customer on the line."""

import base64
import contextlib
import hashlib
import hmac
import struct
import time
from urllib.parse import urlsplit

from browsing import DESKTOP, Visit, open_visit
from server import Server


class Colleague:
    """The demo tells the password and the secret of the app; elsewhere somebody is invited."""

    def __init__(self, browser, server: Server, role: str, language: str = "hu", device=DESKTOP):
        self.server = server
        self.language = language
        self.visit: Visit = open_visit(browser, server.staff_url, device, language=language)
        self.page = self.visit.new_page()
        self.clicks = 0
        if known := server.colleague(role):
            self.name, self.password, self.secret = known
        else:
            self.set_up(f"anna.{role}", role)

    def set_up(self, name: str, role: str) -> None:
        """Somebody new, who opens the link that the program printed."""
        self.name, self.password = name, "negy zold teknos fut"
        self.page.goto(f"{self.server.invitation(name, role)}&nyelv={self.language}")
        self.secret = self.page.locator(".secret").first.inner_text().strip()
        self.page.fill("#password", self.password)
        self.page.fill("#passwordAgain", self.password)
        self.page.fill("#code", self.code())
        self.press("#form button.button")
        assert self.path == "/munkatars/bejelentkezes", self.text

    def log_in(self) -> None:
        self.page.goto(f"/munkatars/bejelentkezes?nyelv={self.language}")
        self.page.fill("#name", self.name)
        self.page.fill("#password", self.password)
        self.page.fill("#code", self.code())
        self.press("#form button.button")

    def code(self) -> str:
        """Each code works once: the program is told that the last one was used long ago."""
        self.server.change("UPDATE staff_account SET last_step = 0")
        tag = hmac.new(
            base64.b32decode(self.secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1
        ).digest()
        start = tag[-1] & 15
        number = struct.unpack(">I", tag[start : start + 4])[0] & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"

    def search(self, words: str) -> None:
        self.page.goto("/munkatars/kereses")
        self.page.fill("#term", words)
        self.press("#form button.button")
        self.clicks = 0

    def open_first(self, words: str = "telefonon kérdez") -> None:
        self.page.fill("#words", words)
        self.press('button[name="hit"]')

    def back_to_the_case(self) -> None:
        with self.page.expect_navigation():
            self.page.click('main a.back-link[href*="/munkatars/ugy?"]')

    @contextlib.contextmanager
    def as_a(self, role: str):
        """The demo has two colleagues; for a while this one has another role."""
        change = f"UPDATE staff_account SET role = '{{}}' WHERE name = '{self.name}'"
        before = self.server.ask(f"SELECT role FROM staff_account WHERE name = '{self.name}'")[0]
        self.server.change(change.format(role))
        try:
            yield self
        finally:
            self.server.change(change.format(before))

    def press(self, selector: str) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def do(self, act: str, reason: str = "kérte", email: str | None = None) -> None:
        self.press(f'main a[href*="mit={act}"]')
        if email:
            self.page.fill("#operand", email)
        self.page.fill("#reason", reason)
        self.press("#form button.button")

    def do_by_code(self, act: str, sms, reason: str = "felolvasta a kódot") -> None:
        """For a caller who reads out the code that `sms` waits for: on the act's own page."""
        self.press(f'button[form="send-code"][value="{act}"]')
        code = sms()
        assert code not in self.page.content()
        self.page.fill("#code", code)
        self.page.fill("#reason", reason)
        self.press("#form button.button")

    def solves(self, words: str, most: int = 3) -> None:
        """The right sentence is on the screen, after at most three clicks since the search."""
        assert words in self.said, self.said
        self.is_quick(most)

    def is_done(self, words: str = "Megtörtént", most: int = 3) -> None:
        """The screen says so, after at most three clicks since the search."""
        assert words in self.text, self.text
        self.is_quick(most)

    def is_quick(self, most: int = 3) -> None:
        assert 0 < self.clicks <= most, f"{self.clicks} clicks since the search"

    @property
    def said(self) -> str:
        """What the agent reads out."""
        return " ".join(self.page.locator(".say").all_inner_texts())

    @property
    def text(self) -> str:
        return self.page.inner_text("main")

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

