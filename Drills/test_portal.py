"""A portal of the insurer's behind our login: real proxies in front of it and of Belépő."""

import base64
import hmac  # noqa: F401  (used by the function of the how-to)
import json
import re
import shutil
import time
from http.server import BaseHTTPRequestHandler

import pytest

from client import Browser, Customer
from conftest import Installation
from ledger import postgres_rows
from listener import Listener
from parts import PROXY_FILES, Instance, Proxy
from program import ROOT

KEY = bytes(range(100, 132))
SETTINGS = {
    "BELEPO_PORTAL_KEY": base64.b64encode(KEY).decode(),
    "BELEPO_PORTAL_PATHS": "/portal/",
    "BELEPO_HTTP_TRUSTED_PROXIES": "127.0.0.1",
}


def checker():
    """The function that the how-to gives to the portal's makers."""
    text = (ROOT / "docs/operations/portal.md").read_text()
    code = re.search(r"```python\n(.*?)```", text, re.S).group(1)
    names: dict = {"hmac": hmac, "time": time}
    exec(code, names)
    return names["is_of_belepo"]


class Toy:
    """The portal: says who it believes to be there."""

    def __init__(self):
        is_of_belepo = checker()
        self.heard: list[dict] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                # HAProxy writes names in lower case.
                headers = {name.title(): value for name, value in self.headers.items()}
                heard.append(headers)
                known = is_of_belepo(self.headers, self.path, KEY)
                said = {"customer": self.headers.get("Belepo-Customer"), "path": self.path}
                body = json.dumps(said if known else "who is it?").encode()
                self.send_response(200 if known else 403)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._listener = Listener(lambda line: Handler(line.socket, None, None))
        self.port = self._listener.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()


class PortalProxy(Proxy):
    """One of the two files for a portal behind the login, with the drill's ports in it."""

    def __init__(self, kind: str, instance: Instance, toy: Toy):
        super().__init__(kind)
        values = {
            "127.0.0.1:8080": f"127.0.0.1:{instance.port}",
            "127.0.0.1:9090": f"127.0.0.1:{instance.management_port}",
            "127.0.0.1:8090": f"127.0.0.1:{toy.port}",
        }
        if kind == "nginx":
            self._start_nginx("portal-nginx.conf", values)
            return
        lua = self.folder.path / "portal-session.lua"
        shutil.copy(PROXY_FILES / "portal-session.lua", lua)
        values["/etc/haproxy/portal-session.lua"] = str(lua)
        self._start_haproxy("portal-haproxy.cfg", values)


@pytest.fixture(scope="module")
def installation(postgres, ledger):
    with Instance(postgres.url, **SETTINGS) as instance:
        yield Installation(postgres_rows(postgres.url), [instance], ledger)


@pytest.fixture(scope="module")
def toy():
    with Toy() as toy:
        yield toy


@pytest.fixture(params=["nginx", "haproxy"])
def proxy(request, installation, toy):
    with PortalProxy(request.param, installation.instances[0], toy) as proxy:
        yield proxy


def new_customer(installation, proxy) -> Customer:
    customer = installation.customer(lambda: proxy.address, is_tolerant=False)
    customer.become_a_user()
    return customer


def page_of(browser: Browser, path: str, **headers: str):
    answer = browser.exchange("GET", path, None, headers)
    return answer.status, answer.location, answer.body


def test_the_portal_knows_who_is_logged_in(installation, proxy, toy):
    anna = new_customer(installation, proxy)
    status, _, body = page_of(anna, "/portal/karok?id=7")
    assert (status, json.loads(body)) == (200, {"customer": anna.number, "path": "/portal/karok?id=7"})
    # It never sees the session itself.
    assert not toy.heard[-1].get("Cookie")


def test_whoever_is_not_logged_in_is_sent_to_the_login_and_back(installation, proxy, toy):
    anna = new_customer(installation, proxy)
    stranger = Browser(lambda: proxy.address)
    heard = len(toy.heard)
    status, location, _ = page_of(stranger, "/portal/karok?id=7")
    assert status == 303 and len(toy.heard) == heard
    path = re.sub(r"^http://[^/]*", "", location)
    assert path == "/bejelentkezes?vissza=/portal/karok%3Fid%3D7"
    stranger.get(path)
    fields = stranger.page.hidden() | {"username": anna.email, "password": "Zoldalma73Korte"}
    answer = stranger.post("/bejelentkezes", fields)
    assert (answer.status, answer.location) == (303, "/portal/karok?id=7")
    status, _, body = page_of(stranger, answer.location)
    assert status == 200 and json.loads(body)["customer"] == anna.number


def test_nobody_can_say_who_they_are(installation, proxy, toy):
    """Neither a stranger nor somebody who is logged in gets headers of their own through."""
    forged = {"Belepo-Customer": "5000000", "Belepo-Confirmed": "yes", "Belepo-Signature": "v1=0"}
    stranger = Browser(lambda: proxy.address)
    assert page_of(stranger, "/portal/", **forged)[0] == 303
    anna = new_customer(installation, proxy)
    status, _, body = page_of(anna, "/portal/", **forged)
    assert status == 200 and json.loads(body)["customer"] == anna.number


def test_a_session_that_has_ended_lets_nobody_in(installation, proxy, toy):
    anna = new_customer(installation, proxy)
    assert page_of(anna, "/portal/")[0] == 200
    anna.open("/fiok")
    cookies = dict(anna.cookies)
    anna.send("/kijelentkezes", {}, "/bejelentkezes?uzenet=kijelentkezett")
    for name, value in cookies.items():
        anna.cookies[name] = value
    assert page_of(anna, "/portal/")[0] == 303


def test_a_customer_who_is_not_confirmed_is_asked_for_that(installation, proxy):
    bela = installation.customer(lambda: proxy.address, is_tolerant=False)
    bela.go_to_password()
    bela.choose_password()
    bela.log_in()
    status, location, _ = page_of(bela, "/portal/")
    assert status == 303 and "/megerosites?" in location


def test_a_path_that_is_not_the_portals_is_answered_403(installation):
    instance = installation.instances[0]
    browser = Browser(lambda: ("127.0.0.1", instance.management_port))
    for path in ("/fiok", "//evil.example/", "/portal/../fiok", "https://evil.example/portal/"):
        assert browser.get("/internal/session", **{"X-Forwarded-Uri": path}).status == 403
    assert browser.get("/internal/session").status == 403
    there = {"X-Forwarded-Uri": "/portal/"}
    assert browser.get("/internal/session", **there).status == 401
    assert browser.get("/internal/session?redirect=yes", **there).status == 303


def test_a_copy_of_the_headers_is_worth_one_page_for_a_minute(installation, proxy, toy):
    anna = new_customer(installation, proxy)
    assert page_of(anna, "/portal/")[0] == 200
    is_of_belepo, headers = checker(), toy.heard[-1]
    assert is_of_belepo(headers, "/portal/", KEY)
    assert not is_of_belepo(headers, "/portal/other", KEY)
    assert not is_of_belepo(headers, "/portal/", bytes(32))
    for name in ("Customer", "Account", "Time", "Path", "Proof", "Confirmed"):
        assert not is_of_belepo(headers | {f"Belepo-{name}": "forged"}, "/portal/", KEY)
    old = dict(headers)
    old["Belepo-Time"] = str(int(old["Belepo-Time"]) - 61)
    own = hmac.digest(KEY, b"belepo portal session", "sha256")
    names = ("Customer", "Account", "Confirmed", "Proof", "Time", "Path")
    text = "\n".join(["v1", *(old[f"Belepo-{name}"] for name in names)])
    old["Belepo-Signature"] = "v1=" + hmac.new(own, text.encode(), "sha256").hexdigest()
    assert not is_of_belepo(old, "/portal/", KEY)
