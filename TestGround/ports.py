"""Ports of this machine that nobody else takes, neither another test nor another worker.

A server of ours takes whatever port is free, and keeps it: `HeldPort`. A program has to be told its
ports beforehand, and finds them free as often as it is started: `reserved_ports`.
"""

import contextlib
import random
import socket
import threading

LOOPBACK = "127.0.0.1"


class HeldPort:
    """A port that is ours until it is closed, whether somebody listens on it or not.

    Where nobody listens, connections are refused.
    """

    def __init__(self):
        # Bound and never listening: as long as it is there, the system gives the number to nobody.
        self._holder = _bound(0)
        self.number: int = self._holder.getsockname()[1]

    def listen(self) -> socket.socket:
        """A socket that listens on it; whoever closes it does not give the port away."""
        listener = _bound(self.number)
        listener.listen(512)
        return listener

    def close(self) -> None:
        self._holder.close()


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((LOOPBACK, port))
    return bound


# Below the ports that the system gives to connections on their way out and to `HeldPort`.
PORTS = range(15000, 32000)
_reservations: dict[int, socket.socket] = {}
_reserving = threading.Lock()


def reserved_ports(count: int) -> list[int]:
    """Ports on which nobody listens; until this process ends, nobody else is given them here."""
    ports = []
    with _reserving:
        while len(ports) < count:
            port = random.choice(PORTS)
            with contextlib.suppress(OSError):
                _reservations[port] = _reserve(port)
                ports.append(port)
    return ports


def _reserve(port: int) -> socket.socket:
    """Raises OSError when somebody has it.

    A name that only one process of the machine can have says so to the others, and is free again as
    soon as that one ends, however it ends.
    """
    reservation = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        reservation.bind(f"\0belepo-test-port-{port}")
        # Whoever listens there all the same, on whatever address, is no test of ours.
        with socket.socket() as attempt:
            attempt.bind(("", port))
    except OSError:
        reservation.close()
        raise
    return reservation
