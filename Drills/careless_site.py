"""A site with faults, so that it is known that they would be found: it puts what it is sent into SQL
and into its page, and serves one visitor at a time."""

import contextlib
import html
import http.server
import sqlite3
import threading
from urllib.parse import parse_qs, urlsplit


class CarelessSite:
    def __init__(self):
        self._server = http.server.HTTPServer(("127.0.0.1", 0), _Careless)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Whoever still holds the one place is not waited for.
        threading.Thread(target=self._server.shutdown, daemon=True).start()
        self._server.socket.close()


class _Careless(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = parse_qs(urlsplit(self.path).query).get("name", ["Anna"])[0]
        page = f'<html><body><a href="/?name=Anna">Anna</a><h1>{name}</h1>{_found(name)}</body></html>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page.encode())))
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_) -> None:
        """The tools send thousands of requests."""


def _found(name: str) -> str:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE policy (owner TEXT, product TEXT)")
        policies = [("Anna", f"lakásbiztosítás, {number}. kötvény") for number in range(20)]
        database.executemany("INSERT INTO policy VALUES (?, ?)", policies)
        try:
            query = f"SELECT product FROM policy WHERE owner = '{name}'"
            products = [html.escape(str(row[0])) for row in database.execute(query)]
        except sqlite3.Error as problem:
            return f"<p>sqlite3.OperationalError: {problem}</p>"
    return "".join(f"<p>{product}</p>" for product in products) or "<p>Nincs kötvénye.</p>"
