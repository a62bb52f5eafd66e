"""Many connections that are in no hurry: each sends a beginning, and then a drop now and again."""

import contextlib
import selectors
import socket
import threading
import time

# A form that drips for a quarter of an hour at a byte a second.
DRIPPING_FORM = (
    b"POST /regisztracio HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nkind=policy"
)


class SlowCrowd:
    """So many connections, one after another from each of the sources.

    Without a beginning they say nothing at all. Those that the other side has ended are counted out.
    """

    def __init__(
        self,
        address: tuple[str, int],
        count: int,
        sources: list[str],
        beginning: bytes = b"",
        drop: bytes = b"x",
        pause: float = 1.0,
    ):
        self._drop = drop if beginning else b""
        self._pause = pause
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_over = threading.Event()
        # How many were turned away before they had a place.
        self.refused = 0
        for number in range(count):
            self._begin(address, sources[number % len(sources)], beginning)
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    @property
    def size(self) -> int:
        """How many are still open."""
        with self._lock:
            return len(self._open)

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
        for each in list(self._open):
            self._end(each)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _begin(self, address: tuple[str, int], source: str, beginning: bytes) -> None:
        try:
            each = socket.create_connection(address, timeout=60, source_address=(source, 0))
            each.sendall(beginning)
        except OSError:
            self.refused += 1
            return
        each.setblocking(False)
        self._open.add(each)
        self._selector.register(each, selectors.EVENT_READ)

    def _live(self) -> None:
        next_drop = time.monotonic() + self._pause
        while not self._is_over.is_set():
            for key, _ in self._selector.select(0.05):
                self._hear(key.fileobj)
            if self._drop and time.monotonic() >= next_drop:
                next_drop += self._pause
                for each in list(self._open):
                    try:
                        each.send(self._drop)
                    except BlockingIOError:
                        pass
                    except OSError:
                        self._end(each)

    def _hear(self, each: socket.socket) -> None:
        try:
            if each.recv(65536):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._end(each)

    def _end(self, each: socket.socket) -> None:
        with self._lock:
            self._open.discard(each)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(each)
        each.close()
