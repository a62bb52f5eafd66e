"""Prometheus as Debian brings it, with the file of deploy/prometheus, beside running instances."""

import json
import shutil
import subprocess
import urllib.parse
import urllib.request

from parts import Folder, end
from ports import reserved_ports
from program import ROOT
from waiting import GUARD_SECONDS, wait_until

FILES = ROOT / "deploy" / "prometheus"


class Prometheus:
    """Asks the instances every five seconds, so that a busy machine's answer comes in time; gone with its
    folder."""

    def __init__(self, *instances):
        self.folder = Folder("prometheus")
        (self.port,) = reserved_ports(1)
        shutil.copy(FILES / "belepo.rules.yml", self.folder.path)
        text = (FILES / "prometheus.yml").read_text()
        own = ", ".join(f'"127.0.0.1:{each.management_port}"' for each in instances)
        for written, ours in {
            '"127.0.0.1:9090", "127.0.0.1:9091"': own,
            "scrape_interval: 15s": "scrape_interval: 5s",
            "evaluation_interval: 15s": "evaluation_interval: 1s",
        }.items():
            assert written in text, written
            text = text.replace(written, ours)
        configuration = self.folder.path / "prometheus.yml"
        configuration.write_text(text)
        self.log = (self.folder.path / "prometheus.log").open("wb")
        self.process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={configuration}",
                f"--storage.tsdb.path={self.folder.path}/data",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        wait_until(self._is_ready, "Prometheus is ready", pause=0.2)

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, "Prometheus has ended"
        try:
            return urllib.request.urlopen(self._url("/-/ready"), timeout=5).status == 200
        except OSError:
            return False

    def _url(self, path: str, **parameters: str) -> str:
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        return f"http://127.0.0.1:{self.port}{path}{query}"

    def query(self, expression: str) -> list[dict]:
        with urllib.request.urlopen(self._url("/api/v1/query", query=expression), timeout=GUARD_SECONDS) as answer:
            return json.load(answer)["data"]["result"]

    def alerts(self) -> set[str]:
        """Those that somebody would be called for: what is pending may be a scrape that took long."""
        with urllib.request.urlopen(self._url("/api/v1/alerts"), timeout=GUARD_SECONDS) as answer:
            alerts = json.load(answer)["data"]["alerts"]
            return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)
        self.log.close()
        self.folder.remove()
