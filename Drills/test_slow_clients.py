"""Clients that are slow or idle, by the hundred, keep nobody from registering.

The numbers are those of Benchmarks/slow_clients.py, which are larger and are measured.
"""

import contextlib
import http.client

import pytest

from conftest import Installation
from dispatching import metrics
from ledger import Ledger, sqlite_rows
from parts import Folder, HAProxy, Instance, Nginx, Proxy, import_customers, status_of
from slow_crowd import DRIPPING_FORM, SlowCrowd
from test_portal import PortalProxy, Toy
from waiting import GUARD_SECONDS, wait_until

# What docs/proxy/haproxy.cfg lets an instance have at a time, and more, from several networks.
PROXY_CROWD = 1100
SOURCES = [f"127.0.0.{number}" for number in range(2, 12)]
# http.requestTimeout, and what a busy machine adds; and with the longest one, how long none is gone.
GONE_SECONDS = 90
HELD_SECONDS = 40
PLACES = 200


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
            _is_gone(crowd, GONE_SECONDS)
        wait_until(lambda: _connections(instance) <= 1, "their places are free")
        assert instance.stop() == 0


def _is_gone(crowd: SlowCrowd, seconds: float) -> None:
    wait_until(lambda: crowd.size == 0, "all are gone", seconds=seconds)


def test_dripping_forms_would_stay_without_a_deadline(database):
    """Or the drill before would show nothing."""
    with Instance(database[0], BELEPO_HTTP_REQUEST_TIMEOUT="120s") as instance:
        with SlowCrowd(instance.address, 50, SOURCES, DRIPPING_FORM) as crowd:
            with pytest.raises(AssertionError, match="all are gone"):
                _is_gone(crowd, HELD_SECONDS)
        assert instance.stop() == 0


def test_idle_connections_give_their_places(database, tmp_path):
    settings = {"BELEPO_HTTP_CONNECTIONS": str(PLACES)}
    with Instance(database[0], **settings) as instance:
        installation = _installation(database, [instance], tmp_path)
        with SlowCrowd(instance.address, 5 * PLACES, SOURCES):
            installation.customer(lambda: instance.address, is_tolerant=False).become_a_user()
            assert status_of(instance.management_port, "/readyz") == 200
            _leaves_places(instance)
        assert metrics(instance)["belepo_connections_refused_total"] == 0
        assert instance.stop() == 0


def _leaves_places(instance: Instance) -> None:
    held = _connections(instance)
    assert held <= PLACES, f"places for {PLACES}, and {held} are held"


def test_idle_connections_would_hold_theirs_without_a_limit(database):
    """Or the drill before would show nothing."""
    with Instance(database[0], BELEPO_HTTP_CONNECTIONS="4096") as instance:
        with SlowCrowd(instance.address, 2 * PLACES, SOURCES) as crowd:
            wait_until(lambda: _connections(instance) >= crowd.size, "all have a place")
            with pytest.raises(AssertionError, match="are held"):
                _leaves_places(instance)
        assert instance.stop() == 0


@pytest.mark.parametrize("kind", [HAProxy, Nginx])
def test_dripping_forms_wait_in_the_proxy_as_it_is_shipped(kind, database, tmp_path):
    trusting = {"BELEPO_HTTP_TRUSTED_PROXIES": "127.0.0.1"}
    with Instance(database[0], **trusting) as first, Instance(database[0], **trusting) as second:
        with kind(first, second) as proxy:
            _bears_dripping_forms(proxy, _installation(database, [first, second], tmp_path))
        assert (first.stop(), second.stop()) == (0, 0)


@pytest.mark.parametrize("kind", ["haproxy", "nginx"])
def test_dripping_forms_wait_in_the_portals_proxy_as_it_is_shipped(kind, database, tmp_path):
    with Instance(database[0], BELEPO_HTTP_TRUSTED_PROXIES="127.0.0.1") as instance, Toy() as toy:
        with PortalProxy(kind, instance, toy) as proxy:
            _bears_dripping_forms(proxy, _installation(database, [instance], tmp_path))
        assert instance.stop() == 0


def _bears_dripping_forms(proxy: Proxy, installation: Installation) -> None:
    with SlowCrowd(proxy.address, PROXY_CROWD, SOURCES, DRIPPING_FORM, pause=0.5) as crowd:
        assert crowd.size > PROXY_CROWD / 2
        assert sum(_connections(each) for each in installation.instances) < 50
        installation.customer(lambda: proxy.address, is_tolerant=False).become_a_user()


def test_nginx_counts_an_ipv6_customer_by_the_64(database):
    """nginx believes the drill where it comes from, as behind a balancer, and lets one at a time in."""
    believing = "limit_conn networks 1;\n    set_real_ip_from 127.0.0.1;\n    real_ip_header X-Real-IP;"
    with Instance(database[0], BELEPO_HTTP_TRUSTED_PROXIES="127.0.0.1") as instance:
        with Nginx(instance, instance, {"limit_conn networks 500;": believing}) as proxy:
            from_there = DRIPPING_FORM.replace(b"Host:", b"X-Real-IP: 2001:db8:0:7::1\r\nHost:")

            def finds_the_neighbour_too_many() -> bool:
                # nginx may end a connection whose next drop comes late, so that each look has its own.
                with SlowCrowd(proxy.address, 1, ["127.0.0.1"], from_there):
                    if _status_for(proxy, "2001:db8:0:7:ffff::2") != 429:
                        return False
                    for stranger in ("2001:db8:0:8::1", "2001:db8::1", "192.0.2.1"):
                        assert _status_for(proxy, stranger) == 200, stranger
                    return True

            wait_until(finds_the_neighbour_too_many, "the neighbour in the same network is too many")
        assert instance.stop() == 0


def _status_for(proxy: Proxy, client: str) -> int:
    with contextlib.closing(http.client.HTTPConnection(*proxy.address, timeout=GUARD_SECONDS)) as browser:
        browser.request("GET", "/regisztracio", headers={"X-Real-IP": client})
        return browser.getresponse().status
