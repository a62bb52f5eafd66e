import contextlib
import itertools
import threading

import pytest

from authority import Authority
from client import Customer, Mailbox
from dispatching import PostOffices, Told
from ledger import Ledger, broken_promises, wait_until_quiet
from parts import Folder, Instance, Postgres, import_customers
from waiting import wait_until


class Installation:
    """A database with its register, equal instances on it, and the ledger of all who register.

    Messages are looked for where the instances keep them, or in another mailbox.
    """

    def __init__(
        self, rows, instances: list[Instance], ledger: Ledger, mailbox: Mailbox | None = None
    ):
        self.rows = rows
        self.instances = instances
        self.ledger = ledger
        self.mailbox = mailbox or Mailbox(*instances)
        self._places = itertools.count()
        self._lock = threading.Lock()

    def customer(self, choose, **wishes) -> Customer:
        """Somebody who is new, whose requests go where `choose` says."""
        with self._lock:
            place = next(self._places)
        return Customer(place, choose, self.mailbox, self.ledger, **wishes)

    def must_have_kept_its_promises(self, waits: bool = True) -> None:
        if waits:
            wait_until_quiet(self.rows)
        found = []

        def is_settled() -> bool:
            found[:] = broken_promises(self.ledger, self.rows, is_quiet=waits)
            # A message that is only late is sent a moment later; all else is so or is not.
            return not found or not all(each.startswith("stuck") for each in found)

        with contextlib.suppress(AssertionError):
            wait_until(is_settled, "no message is stuck", pause=0.5)
        broken = found
        logs = "\n".join(each.log_tail() for each in self.instances)
        assert not broken, "\n".join(broken) + "\n\n" + logs


@pytest.fixture(scope="module")
def postgres():
    with Postgres() as server:
        import_customers(server.url)
        yield server


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    return Ledger(tmp_path_factory.mktemp("ledger") / "ledger.jsonl")


@pytest.fixture(scope="module")
def authority():
    folder = Folder("authority")
    yield Authority(folder.path)
    folder.remove()


@pytest.fixture(scope="module")
def told(request):
    """The stories of a file, all under way at once (`meanwhile` in dispatching.py)."""
    tests = [
        test
        for test in request.session.items
        if test.module is request.module and hasattr(test.function, "story")
    ]
    offices = PostOffices()
    # More where they wait for leases, and not for the machine.
    told = Told(offices, tests, getattr(request.module, "AT_ONCE", 8))
    yield told
    told.close()
    offices.close()
