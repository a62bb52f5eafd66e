"""slowhttptest, sqlmap and wapiti: each is run within bounds, and its report is read.

None of them is told anything of the program that it could not find out, but for cookies and fields:
they have no browser, and a session cookie goes nowhere without TLS.
"""

import json
import os
import re
import subprocess
from pathlib import Path

from program import environment

# What ends a tool that hangs.
TOOL_SECONDS = 240
# Debian's wapiti 3.0.4 cannot read what is left out: its pattern's flags are where Python wants none.
WAPITI = """
import fnmatch, re
from wapitiCore.net import crawler
crawler.wildcard_translate = lambda pattern: re.compile(fnmatch.translate(pattern))
from wapitiCore.main.wapiti import wapiti_main
wapiti_main()
"""
# All but those that ask servers of others: ssrf, xxe, wapp and nikto.
WAPITI_MODULES = (
    "backup,blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,"
    "redirect,shellshock,sql,xss"
)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SLOW_MODES = {"heads": "-H", "bodies": "-B", "ranges": "-R", "readers": "-X"}


class NoVerdict(AssertionError):
    """A tool ended without saying what it found."""


def slow_http(mode: str, url: str, connections: int, seconds: int) -> str:
    """So many slow connections for so long; answers with what the tool says came of them."""
    said = _run(
        "slowhttptest", SLOW_MODES[mode], "-u", url, "-c", connections, "-r", connections // 4,
        "-l", seconds, "-i", 5, "-p", 5, "-v", 1,
    )  # fmt: skip
    end = re.search(r"Exit status: (.+)", re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", said))
    # Either is an end; who is unavailable is told by those who watch.
    if not end or end.group(1).strip() not in (
        "Hit test time limit", "No open connections left", "Connection refused",
    ):  # fmt: skip
        raise NoVerdict(f"slowhttptest, {mode}: {said[-600:]}")
    return end.group(1).strip()


def injectable(request: str, fields: str, folder: Path, techniques: str = "BEUSTQ") -> list[str]:
    """What sqlmap finds in these fields of a request, as it would be sent over the line."""
    file = folder / "request"
    file.write_text(request)
    said = _run(
        "sqlmap", "-r", file, "-p", fields, "--ignore-stdin", "--batch", "--flush-session",
        "--output-dir", folder / "sqlmap", "--dbms", "SQLite", "--level", 2, "--risk", 2, "--technique", techniques,
        "--timeout", 10, "--retries", 1, "--ignore-redirects", "--ignore-proxy",
        "--disable-coloring", home=folder,
    )  # fmt: skip
    if found := re.findall(r"^Parameter: (.+)$", said, re.M):
        return found
    untested = set(fields.split(",")) - set(
        re.findall(r"parameter '([^']+)' does not seem to be injectable", said)
    )
    if untested or "all tested parameters do not appear to be injectable" not in said:
        raise NoVerdict(f"sqlmap, {sorted(untested)}: {said[-1500:]}")
    return []


def vulnerabilities(
    url: str, cookies: str, folder: Path, crawling: float, trying: float,
    modules: str = WAPITI_MODULES, leaving_out: tuple[str, ...] = (),
) -> list[tuple[str, str, str]]:
    """What wapiti finds above informational: category, sentence and request.

    - crawling, trying: seconds to look for pages, and for each module
    """
    report = folder / "wapiti.json"
    _run(
        "/usr/bin/python3", "-c", WAPITI, "-u", f"{url}/", "--scope", "domain", "--flush-session",
        "--store-session", folder / "session", "--store-config", folder / "configuration",
        "--no-bugreport", "-m", modules, "-H", f"Cookie: {cookies}",
        *(part for name, value in SAME_ORIGIN.items() for part in ("-H", f"{name}: {value}")),
        *(part for path in leaving_out for part in ("-x", url + path)),
        *(part for path in ("/fiok", "/bejelentkezes") for part in ("-s", url + path)),
        "--max-scan-time", crawling, "--max-attack-time", trying, "-t", 10, "-f", "json", "-o", report,
        "-v", 1, home=folder, seconds=crawling + trying * 20 + 60,
    )  # fmt: skip
    if not report.exists():
        raise NoVerdict("wapiti has written no report")
    read = json.loads(report.read_text())
    # What is merely told, as which programs are at work, is in a third part.
    return [
        (category, found["info"], f"{found['method']} {found['path']} {found['parameter'] or ''}".strip())
        for part in ("vulnerabilities", "anomalies")
        for category, all_found in read[part].items()
        for found in all_found
    ]  # fmt: skip


def _run(*words, home: Path | None = None, seconds: float = TOOL_SECONDS) -> str:
    # A proxy of this machine's has nothing to do between a tool and loopback.
    own = {name: value for name, value in environment().items() if not name.lower().endswith("_proxy")}
    own |= {"TERM": "dumb"} | ({"HOME": str(home)} if home else {})
    try:
        done = subprocess.run(
            [str(word) for word in words], env=own, cwd=home or os.getcwd(),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=seconds,
        )  # fmt: skip
    except FileNotFoundError:
        raise NoVerdict(f"{words[0]} is missing: Drills/setup.sh attack") from None
    except subprocess.TimeoutExpired:
        raise NoVerdict(f"{words[0]} did not end within {seconds:.0f} s") from None
    if done.returncode != 0:
        raise NoVerdict(f"{words[0]} ended with {done.returncode}: {(done.stdout + done.stderr)[-1500:]}")
    return done.stdout
