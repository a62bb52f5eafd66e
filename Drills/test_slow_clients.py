"""Clients that are slow or idle, by the hundred, keep nobody from registering.

The numbers are those of Benchmarks/slow_clients.py, which are larger and are measured.
"""

import pytest

from conftest import Installation
from dispatching import metrics
from ledger import Ledger, sqlite_rows
from parts import Folder, HAProxy, Instance, Nginx, import_customers, status_of
from slow_crowd import DRIPPING_FORM, SlowCrowd
from waiting import wait_until

# What docs/proxy/haproxy.cfg lets an instance have at a time, and more, from several networks.
PROXY_CROWD = 1100
SOURCES = [f"127.0.0.{number}" for number in range(2, 12)]
# http.requestTimeout, and what a busy machine adds.
GONE_SECONDS = 90


@pytest.fixture
def database():
    """Of each story its own: all begin with the same customer."""
    folder = Folder("slow")
    url = f"sqlite:{folder.path}/slow.sqlite"
    import_customers(url, count=20)
    yield url, folder.path / "slow.sqlite"
    folder.remove()


def _installation(database, instances, tmp_path) -> Installation:
    return Installation(sqlite_rows(database[1]), instances, Ledger(tmp_path / "ledger.jsonl"))


def _connections(instance: Instance) -> float:
    return metrics(instance)["belepo_connections"]


def test_dripping_forms_keep_nobody_out_and_are_gone_in_time(database, tmp_path):
    with Instance(database[0]) as instance:
        installation = _installation(database, [instance], tmp_path)
        with SlowCrowd(instance.address, 600, SOURCES, DRIPPING_FORM) as crowd:
            assert crowd.size > 500
            installation.customer(lambda: instance.address, is_tolerant=False).become_a_user()
            assert status_of(instance.management_port, "/readyz") == 200
            wait_until(lambda: crowd.size == 0, "all are gone", seconds=GONE_SECONDS)
        wait_until(lambda: _connections(instance) <= 1, "their places are free")
        assert instance.stop() == 0


def test_idle_connections_give_their_places(database, tmp_path):
    settings = {"BELEPO_HTTP_CONNECTIONS": "200"}
    with Instance(database[0], **settings) as instance:
        installation = _installation(database, [instance], tmp_path)
        with SlowCrowd(instance.address, 1000, SOURCES):
            installation.customer(lambda: instance.address, is_tolerant=False).become_a_user()
            assert status_of(instance.management_port, "/readyz") == 200
            assert _connections(instance) <= 200
        assert metrics(instance)["belepo_connections_refused_total"] == 0
        assert instance.stop() == 0


@pytest.mark.parametrize("kind", [HAProxy, Nginx])
def test_dripping_forms_wait_in_the_proxy_as_it_is_shipped(kind, database, tmp_path):
    trusting = {"BELEPO_HTTP_TRUSTED_PROXIES": "127.0.0.1"}
    with Instance(database[0], **trusting) as first, Instance(database[0], **trusting) as second:
        installation = _installation(database, [first, second], tmp_path)
        with kind(first, second) as proxy:
            with SlowCrowd(proxy.address, PROXY_CROWD, SOURCES, DRIPPING_FORM, pause=0.5) as crowd:
                assert crowd.size > PROXY_CROWD / 2
                assert _connections(first) + _connections(second) < 50
                installation.customer(lambda: proxy.address, is_tolerant=False).become_a_user()
