"""A server of ours whose connections are each served by a thread of their own.

The number of a socket that is closed goes to the next connection at once. A thread that is still
reading from the closed one, through OpenSSL say, then takes the first bytes of a stranger. So a socket is
closed by nobody but the thread that serves it. Everybody else shuts it down, which wakes that
thread, and waits until it has ended.
"""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

from ports import HeldPort
from waiting import GUARD_SECONDS


class Connection:
    """A socket, and whether it was shut down."""

    def __init__(self, accepted: socket.socket):
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = accepted
        # Nobody reads any more: the thread that serves it should come to its end.
        self.is_shut = False
        self._lock = threading.Lock()

    def encrypt(self, context: ssl.SSLContext) -> None:
        """The server's side of TLS; by its own thread."""
        with self._lock:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.socket.do_handshake()

    def shut_down(self, resets: bool = False) -> None:
        """Ends the conversation; anybody may. The reset comes when its own thread closes it."""
        with self._lock, contextlib.suppress(OSError):
            self.is_shut = True
            if resets:
                linger = struct.pack("ii", 1, 0)
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            # An encrypted one is not asked: it would forget its keys while its thread reads.
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def reset(self) -> None:
        """Closes it without a farewell; by its own thread."""
        with self._lock, contextlib.suppress(OSError):
            linger = struct.pack("ii", 1, 0)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def close(self) -> None:
        """By its own thread only."""
        with self._lock:
            self.is_shut = True
            self.socket.close()


class Listener:
    """Listens on a port of its own of this machine; `serve` talks to whoever comes."""

    def __init__(self, serve: Callable[[Connection], None]):
        self._serve = serve
        self._port = HeldPort()
        self._lock = threading.Lock()
        self._accepting: threading.Thread | None = None
        self._listening: socket.socket | None = None
        self._serving: dict[Connection, threading.Thread] = {}
        self.start()

    @property
    def port(self) -> int:
        return self._port.number

    def connections(self) -> list[Connection]:
        with self._lock:
            return list(self._serving)

    def start(self) -> None:
        self._listening = self._port.listen()
        self._accepting = threading.Thread(target=self._accept, args=[self._listening], daemon=True)
        self._accepting.start()

    def stop(self, resets: bool = False) -> None:
        """Connections are refused from now on, and those that there were have ended."""
        if not self._accepting:
            return
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        _join([self._accepting])
        self._accepting = self._listening = None
        with self._lock:
            serving = dict(self._serving)
        for connection in serving:
            connection.shut_down(resets)
        _join(list(serving.values()))

    def close(self, resets: bool = False) -> None:
        self.stop(resets)
        self._port.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _accept(self, listening: socket.socket) -> None:
        with listening:
            while True:
                try:
                    connection = Connection(listening.accept()[0])
                except OSError:
                    return
                thread = threading.Thread(target=self._talk, args=[connection], daemon=True)
                with self._lock:
                    self._serving[connection] = thread
                thread.start()

    def _talk(self, connection: Connection) -> None:
        try:
            self._serve(connection)
        except OSError:
            # The other side has gone, or we were told to go.
            pass
        finally:
            connection.close()
            with self._lock:
                del self._serving[connection]


def _join(threads: list[threading.Thread]) -> None:
    end = time.monotonic() + GUARD_SECONDS
    for thread in threads:
        # A story's hook may stop the listener in the middle of a connection.
        if thread is not threading.current_thread():
            thread.join(max(0, end - time.monotonic()))
            assert not thread.is_alive(), f"{thread.name} did not end within {GUARD_SECONDS} s"
