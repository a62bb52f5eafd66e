"""A register that answers by HTTP, as docs/register-service.yaml says: for trials and for tests.

    python3 TestGround/register_service.py --customers customers.csv --policies policies.csv --port 8090

With `--certificate` and `--key` by TLS, with `--authority` only to whoever has a certificate of that
authority. It reads the files once, and has no other memory. Not for production.
"""

import argparse
import contextlib
import csv
import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def canonical(number: str) -> str:
    """Letters and digits, in capitals: how Belépő asks."""
    return "".join(each for each in number.upper() if each.isalnum())


@dataclass
class Register:
    """What is in the two files."""

    customers: dict[str, dict] = field(default_factory=dict)
    policies: dict[str, list[dict]] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)
    old_owners: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of_files(cls, customers: Path, policies: Path) -> "Register":
        register = cls()
        with open(customers, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                register.add(row)
        with open(policies, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                register.add_policy(row)
        return register

    def add(self, row: dict) -> None:
        number = canonical(row["customer_number"])
        old = row["old_customer_number"].split()
        self.customers[number] = {
            "customerNumber": number,
            "oldCustomerNumbers": old,
            "name": row["name"],
            "smsNumber": row["sms_number"] or None,
            "email": row["email"] or None,
            "status": row["status"],
        }
        for each in old:
            self.old_owners.setdefault(canonical(each), []).append(number)

    def add_policy(self, row: dict) -> None:
        owner = canonical(row["customer_number"])
        self.owners.setdefault(canonical(row["policy_number"]), []).append(owner)
        self.policies.setdefault(owner, []).append(
            {
                "policyNumber": row["policy_number"],
                "product": row["product"],
                "status": row["status"],
                "validFrom": row["valid_from"] or None,
                "validTo": row["valid_to"] or None,
            }
        )

    def answer(self, path: str) -> tuple[int, dict]:
        kind, _, number = path.strip("/").partition("/")
        if kind == "customers":
            owners = [number] if number in self.customers else []
        elif kind == "policies":
            owners = sorted(set(self.owners.get(number, [])))
        else:
            return 400, {}
        if len(owners) > 1:
            return 409, {}
        if not owners or owners[0] not in self.customers:
            return 404, {"oldNumberOf": self.old_owners.get(number, [])}
        customer = self.customers[owners[0]]
        return 200, {"customer": customer, "policies": self.policies.get(owners[0], [])}


class RegisterService:
    """The register behind a port of loopback, which a story can put into trouble."""

    def __init__(self, register: Register, port: int = 0, tls: ssl.SSLContext | None = None):
        self.register = register
        self.asked: list[str] = []
        # What it does instead of answering: a function of the handler, which answers whether it did.
        self.trouble = None
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                service.asked.append(self.path)
                trouble = service.trouble
                if trouble and trouble(self):
                    return
                self.answer(*service.register.answer(self.path))

            def answer(self, status: int, body: dict | bytes, **headers: str):
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                """Numbers are personal: nothing is written down."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                """Whoever hangs up early is no error of ours."""

            def finish_request(self, request, client_address):
                # In the thread of the connection: a bad handshake keeps nobody else waiting.
                if tls:
                    request.settimeout(30)
                    with contextlib.suppress(OSError):
                        request = tls.wrap_socket(request, server_side=True)
                        super().finish_request(request, client_address)
                        request.close()
                else:
                    super().finish_request(request, client_address)

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        scheme = "https" if tls else "http"
        # A certificate is for a name, and not for a number.
        self.url = f"{scheme}://localhost:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# Troubles.


def fails(status: int, **headers: str):
    def trouble(handler):
        handler.answer(status, {}, **headers)
        return True

    return trouble


def says(content: bytes, status: int = 200):
    def trouble(handler):
        handler.answer(status, content)
        return True

    return trouble


def is_silent(handler) -> bool:
    """Takes the question and never answers, until the other side has had enough."""
    with contextlib.suppress(OSError):
        handler.connection.recv(1)
    handler.close_connection = True
    return True


def hangs_up(handler) -> bool:
    handler.close_connection = True
    return True


def tls_context(certificate: str, key: str, authority: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if authority:
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=Path, required=True)
    parser.add_argument("--policies", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--certificate", help="PEM file; with it by TLS")
    parser.add_argument("--key", help="its key")
    parser.add_argument("--authority", help="PEM file of the authority of callers' certificates")
    given = parser.parse_args()
    tls = tls_context(given.certificate, given.key, given.authority) if given.certificate else None
    register = Register.of_files(given.customers, given.policies)
    with RegisterService(register, given.port, tls) as service:
        print(f"{len(register.customers)} customers at {service.url}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main()
