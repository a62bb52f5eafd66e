"""Requests, reports and brands of which no two bytes need to fit together: the program says no, and
goes on.

`make fuzz` runs these for longer; what libFuzzer finds in the parsers alone is in Fuzz/targets.swift.
"""

import base64
import hmac
import os
import random
import re
import shutil
import socket
import subprocess
import time

import pytest

from client import Customer, Mailbox
from ledger import Ledger, sqlite_rows
from parts import SECRETS_KEY, Folder, Instance, import_customers, status_of
from program import ROOT, environment, program
from waiting import GUARD_SECONDS

SECONDS = float(os.environ.get("FUZZ_SECONDS", "10"))
# Said with a failure, so that the same bytes can be sent again.
SEED = int(os.environ.get("FUZZ_SEED", random.randrange(1 << 32)))

# What a check needs to have nothing to say but about the brand.
PRODUCTION = {
    "BELEPO_DATABASE_URL": "sqlite:/nowhere/portal.sqlite",
    "BELEPO_SECRETS_KEY": SECRETS_KEY,
    "BELEPO_HTTP_PUBLIC_URL": "http://localhost:8080",
    "BELEPO_SMS_GATEWAY": "kannel",
    "BELEPO_MAIL_FROM": "portal@pelda.example",
}

FORM = b"kind=policy&policyNumber=LA-2023-004512&mobilePrefix=30&mobileNumber=1234567"
REQUESTS = [
    b"GET /regisztracio?nyelv=en HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET /ugyfelportal HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n"
    b"Cookie: __Host-language=hu; __Host-session=00; __Host-registration=0.K7M24XQP\r\n"
    b"X-Forwarded-For: 192.0.2.1, [2001:db8::1]:443\r\nX-Forwarded-Proto: https\r\n"
    b"Forwarded: for=192.0.2.1;proto=https\r\n\r\n",
    b"POST /regisztracio HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    b"Origin: http://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(FORM), FORM),
    b"POST /regisztracio HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"4\r\nkind\r\n7\r\n=policy\r\n0\r\n\r\n",
    b"HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n",
]
WORDS = [
    b"\r\n", b"\n", b"\0", b"%00", b"%zz", b"%c3%28", b"%2e%2e/", b"//", b"@", b":", b"[::1]", b";",
    b"; ", b"=", b",", b"\xff", b"\xe2\x80\x8b", b"99999999999999999999", b"-1", b"0x10", b"A" * 20000,
    b"Host: evil.test\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Expect: 100-continue\r\n", b"Upgrade: h2c\r\n", b"__Host-session=1;", b"X-Forwarded-For: x\r\n",
]


def _mutated(chance: random.Random, whole: bytes, words=WORDS) -> bytes:
    """One to four changes: bytes turned, cut, doubled or moved, or a word from outside put in."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice([1, 1, 2, 8, 40]))
        match chance.randrange(5):
            case 0:
                data[start:start] = chance.choice(words)
            case 1:
                del data[start:end]
            case 2:
                data[start:start] = data[start:end]
            case 3:
                data[start:end] = bytes(chance.randrange(256) for _ in range(end - start))
            case _:
                data[start:end] = chance.choice(words)
    return bytes(data)


def _answers(port: int, request: bytes) -> bytes:
    """What came back until the connection ended."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=GUARD_SECONDS) as connection:
        try:
            connection.sendall(request)
            # It will not get longer: an unfinished request can be given up at once.
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                answer += part
        except (ConnectionResetError, BrokenPipeError):
            pass
    return answer


@pytest.fixture(scope="module")
def folder():
    folder = Folder("odd")
    yield folder.path
    folder.remove()


@pytest.fixture(scope="module")
def instance(folder):
    url = f"sqlite:{folder}/odd.sqlite"
    import_customers(url, count=5)
    with Instance(url) as instance:
        yield instance


@pytest.fixture(scope="module")
def sms(instance, folder) -> int:
    """A message that has gone out."""
    ledger = Ledger(folder / "ledger.jsonl")
    customer = Customer(0, lambda: instance.address, Mailbox(instance), ledger)
    customer.go_to_code()
    customer.sms_code()
    customer.close()
    return sqlite_rows(folder / "odd.sqlite")("SELECT id FROM message WHERE channel = 'sms'")[0]["id"]


def test_odd_requests_get_an_answer_or_an_end(instance):
    _bear(instance, instance.port, REQUESTS)


def test_odd_reports_get_an_answer_or_an_end(instance, sms):
    reports = [
        _report("GET", f"{_signed(sms)}?state=1"),
        _report("POST", f"{_signed(sms)}?state=delivered"),
        _report("GET", f"/receipts/sms/{sms}/00112233445566778899aabbccddeeff?state=1"),
        _report("POST", "/receipts/sms/9223372036854775807/ff?state=delivered"),
    ]
    for request, word in zip(reports, (b"noted\n", b"noted\n", b"wrong secret\n", b"wrong secret\n")):
        assert _answers(instance.management_port, request).endswith(word), request
    # Odd ones come as far as the messages, too, and not only to where a report is read.
    wanted = {b"noted\n", b"wrong secret\n", b"no report\n"}
    _bear(instance, instance.management_port, reports, wanted)


def _signed(message: int) -> str:
    """Where the gateway reports about it (DeliveryReports.swift)."""
    own = hmac.digest(base64.b64decode(SECRETS_KEY), b"belepo delivery report", "sha256")
    return f"/receipts/sms/{message}/{hmac.digest(own, str(message).encode(), 'sha256')[:16].hex()}"


def _report(method: str, target: str) -> bytes:
    length = "Content-Length: 0\r\n" if method == "POST" else ""
    return f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{length}\r\n".encode()


def _bear(
    instance: Instance, port: int, requests: list[bytes], wanted: frozenset[bytes] = frozenset()
) -> None:
    """Sends odd ones for a while, and until the bodies of their answers were all that is wanted."""
    chance = random.Random(SEED)
    said, end = set(), time.monotonic() + SECONDS
    while time.monotonic() < end or not wanted <= said:
        assert time.monotonic() < end + GUARD_SECONDS, f"seed {SEED}: {wanted - said} were never said"
        request = _mutated(chance, chance.choice(requests))
        answer = _answers(port, request)
        told = f"seed {SEED}, {request[:300]!r}: {answer[:200]!r}"
        assert instance.process.poll() is None, told
        if answer:
            status = re.match(rb"HTTP/1\.1 ([1-5]\d\d) ", answer)
            assert status and status[1] != b"500", told
            said.add(answer.partition(b"\r\n\r\n")[2])
    assert said
    assert status_of(instance.management_port, "/livez") == 200
    faults = instance.log_lines('"level":"error"') + instance.log_lines('"level":"critical"')
    assert not faults, f"seed {SEED}: {faults[:3]}"


def test_odd_brands_are_refused_with_a_sentence(tmp_path):
    chance = random.Random(SEED)
    brand = tmp_path / "brand"
    shutil.copytree(ROOT / "Sources/Wording/Brand", brand)
    whole = (brand / "brand.yaml").read_bytes()
    words = [b"\0", b"\xff", b": ", b"- ", b"[", b"{", b"&a ", b"*a", b"!!int ", b"|\n", b"\t", b"#", b"'"]
    refused, end = 0, time.monotonic() + SECONDS
    # On a busy machine a check takes seconds, and the first brands may all be good ones.
    while time.monotonic() < end or refused == 0:
        assert time.monotonic() < end + GUARD_SECONDS, f"seed {SEED}: none was refused"
        text = _mutated(chance, whole, words)
        (brand / "brand.yaml").write_bytes(text)
        check = subprocess.run(
            [program(), "config", "check"],
            env=environment(**PRODUCTION, BELEPO_BRAND_DIRECTORY=str(brand)),
            capture_output=True,
            timeout=GUARD_SECONDS,
        )
        assert check.returncode in (0, 78), f"seed {SEED}, {check.returncode}: {text!r}"
        assert check.returncode == 0 or check.stderr.strip(), f"seed {SEED}: {text!r}"
        refused += b"brand.yaml" in check.stderr
