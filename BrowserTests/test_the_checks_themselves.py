"""The checks find what they are for. Needs no server: pages are made up on the spot."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import checks
from browsing import open_visit
from customer import Customer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STYLE = """
body { color: #222; background: #fff; font: 1rem/1.5 sans-serif; margin: 1rem }
input, button { font: inherit; min-height: 44px; border: 1px solid #555 }
button { color: #fff; background: #124 }
a { color: #036 }
a[lang] { display: inline-block; padding: .75rem }
li a { display: inline-block; padding: .75rem 0 }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #111 }
  a { color: #9cf }
}
"""
GOOD = """<!doctype html>
<html lang="hu">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hiba: Regisztráció – Ügyfélportál</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<a href="#content">Ugrás a tartalomra</a>
<header><a href="?nyelv=en" lang="en" hreflang="en">English</a></header>
<main id="content">
<div id="error-summary" tabindex="-1" autofocus>
<h2>Javítandó hibák</h2>
<ul><li><a href="#mobile">Adja meg a mobiltelefonszámát</a></li></ul>
</div>
<h1>Regisztráció</h1>
<form method="post" action="/" novalidate>
<label for="mobile">Mobiltelefon</label>
<p id="mobile-error"><span>Hiba: </span>Adja meg a mobiltelefonszámát</p>
<input id="mobile" name="mobileNumber" aria-describedby="mobile-error" aria-invalid="true">
<button>Tovább</button>
</form>
</main>
</body>
</html>
"""

# What is made worse in the good page → what must be found.
SPOILT = {
    "a label that names nothing": ('for="mobile"', 'for="mobil"', "label"),
    "text too pale in the dark": (
        "#eee; background: #111",
        "#333; background: #111",
        "dark: color-contrast",
    ),
    "text too pale in the light": ("color: #222", "color: #bbb", "light: color-contrast"),
    "wider than a phone": (
        "<h1>",
        "<h1><img alt='' width='900' height='1' src='/dot.png'>",
        "sideways",
    ),
    "a word that its place is too narrow for": (
        "a { color: #036 }",
        "a { color: #036 } h1 { width: 2em; overflow-wrap: anywhere }",
        "torn: Regisztráció",
    ),
    "a field too low for a finger": ("min-height: 44px", "height: 20px", "pixels high"),
    "a link alone too low for a finger": (
        "li a { display: inline-block; padding: .75rem 0 }",
        "",
        "pixels high",
    ),
    "a title that tells of no error": ("Hiba: Reg", "Reg", "title does not begin"),
    "focus elsewhere": (" autofocus", "", "focus is at"),
    "a summary that leads nowhere": ('href="#mobile"', 'href="#phone"', "leads to nothing"),
    "a field that is not described": ('aria-describedby="mobile-error"', "", "not described"),
    "two headings": ("</main>", "<h1>Regisztráció</h1></main>", "2 h1"),
    "no way to the content": ('<a href="#content">Ugrás a tartalomra</a>', "", "skip link"),
    "the browser's own messages": (" novalidate", "", "browser would check"),
    "the wrong language": ('<html lang="hu">', '<html lang="en">', "lang en"),
}


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_nothing_is_found_in_a_good_page(in_front_of, javascript):
    customer = in_front_of(GOOD, STYLE, javascript)
    assert not checks.lost_focus(customer) + checks.everything(customer)
    assert not customer.visit.complaints


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
def test_what_is_wrong_is_found(in_front_of, spoilt, javascript):
    good, bad, expected = spoilt
    assert good in GOOD + STYLE
    customer = in_front_of(GOOD.replace(good, bad), STYLE.replace(good, bad), javascript)
    found = checks.lost_focus(customer) + checks.everything(customer)
    assert any(expected in sentence for sentence in found), found


@pytest.mark.parametrize(
    "spoilt, expected",
    [
        ("<img alt='' src='http://localhost:2/pixel.png'>", "third party"),
        ("<p style='color: red'>Piros</p>", "style"),
        ("<script>document.title = 'x'</script>", "script"),
        ("<script src='/broken.js'></script>", "script failed"),
        ("<img alt='' src='/missing.png'>", "missing.png: 404"),
    ],
)
def test_a_visit_writes_down_what_the_browser_complains_about(in_front_of, spoilt, expected):
    customer = in_front_of(GOOD.replace("</main>", f"{spoilt}</main>"), STYLE)
    complaints = customer.visit.complaints
    # The browser tells of some a moment after the page is there.
    for _ in range(1_000):
        if any(expected in complaint for complaint in complaints):
            return
        customer.page.wait_for_timeout(100)
    raise AssertionError(complaints)


@pytest.fixture
def in_front_of(browser):
    """Serves a page and opens it: in_front_of(html, css, javascript) answers with a customer."""
    served, servers, visits = {}, [], []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, body = served.get(self.path.split("?")[0], ("text/plain", None))
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_):
            pass

    def open_page(html, css, javascript=True):
        served["/"] = ("text/html", html)
        served["/style.css"] = ("text/css", css)
        served["/broken.js"] = ("text/javascript", "thrown()")
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Site))
        threading.Thread(target=servers[-1].serve_forever, args=(0.05,), daemon=True).start()
        base = f"http://localhost:{servers[-1].server_port}"
        visits.append(open_visit(browser, base, javascript=javascript))
        customer = Customer(None, visits[-1], None, "hu")
        customer.page.goto("/")
        return customer

    yield open_page
    for visit in visits:
        visit.close()
    for server in servers:
        server.shutdown()
        server.server_close()
