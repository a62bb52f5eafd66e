"""Debian's Chromium, and what is written down about every page that is seen with it.

Run as a program, it tries out whether this Chromium and this Playwright work together.
"""

import os
import sys
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

# The one without a window, which takes less time, before the one whose window nobody sees.
BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
NARROWEST = {"width": 320, "height": 256}  # 1280 pixels at 400 %, WCAG 1.4.10
# Only what hangs takes so many milliseconds, however busy the machine is.
PATIENCE = 180_000


def launch(playwright: Playwright) -> Browser:
    installed = next(filter(os.path.exists, BROWSERS), BROWSERS[-1])
    return playwright.chromium.launch(
        executable_path=os.environ.get("BELEPO_BROWSER", installed),
        chromium_sandbox=os.geteuid() != 0,  # Chromium refuses to run as root in its sandbox
        timeout=PATIENCE,
    )


@dataclass
class Visit:
    """One device of one person: cookies, one or more tabs, and a record of what happened."""

    context: BrowserContext
    base_url: str
    javascript: bool
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    statuses: dict[Page, int] = field(default_factory=dict)
    # Statuses of pages that a story asks for on purpose, 503 say.
    expected: set[int] = field(default_factory=set)
    # Where scripts run when they do not in the context: checks need some of their own.
    workbench: Page | None = None

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script failed: {error}"))
        page.on("request", self._request)
        page.on("response", lambda response: self._response(page, response))
        return page

    def close(self) -> None:
        if self.workbench:
            self.workbench.context.close()
        self.context.close()

    def _console(self, message):
        # Chromium reports a page that answers 422 as a resource that failed to load. Statuses of
        # resources are looked at in _response; those of pages in the stories.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _request(self, request):
        self.requests.append(f"{request.method} {request.url}")
        if request.url.startswith(("data:", "blob:", "about:")):
            return
        if _origin(request.url) != _origin(self.base_url):
            self.complaints.append(f"request to a third party: {request.url}")

    def _response(self, page, response):
        if response.request.is_navigation_request():
            if response.frame == page.main_frame:
                self.statuses[page] = response.status
        if response.request.is_navigation_request() and response.status in self.expected:
            return
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            self.complaints.append(f"{response.url}: {response.status}")


def open_visit(
    browser: Browser,
    base_url: str,
    device: dict = DESKTOP,
    javascript: bool = True,
    language: str = "hu",
    **options,
) -> Visit:
    context = browser.new_context(
        base_url=base_url,
        viewport=device,
        has_touch=device == PHONE,
        java_script_enabled=javascript,
        locale={"hu": "hu-HU", "en": "en-GB"}[language],
        timezone_id="Europe/Budapest",
        # Also keeps a colour from being measured halfway through a transition.
        reduced_motion="reduce",
        **options,
    )
    # Of its pages, and of requests without one.
    context.set_default_timeout(PATIENCE)
    return Visit(context, base_url, javascript)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _try_out() -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.set_content("<!doctype html><title>Próba</title><h1>Próba</h1>")
        assert page.evaluate("document.title") == "Próba"
        page.screenshot()
        print(f"browser tests: Chromium {browser.version} works.")
        browser.close()


if __name__ == "__main__":
    sys.exit(_try_out())
