"""Waiting for something to be so, instead of for a time in which it should have become so."""

import time

# Only what hangs takes so long, however busy the machine is.
GUARD_SECONDS = 180


def wait_until(is_so, what: str, seconds: float = GUARD_SECONDS, pause: float = 0.02) -> float:
    """Waits for something to be so; answers with how long it took."""
    start = time.monotonic()
    while not is_so():
        waited = time.monotonic() - start
        assert waited < seconds, f"not within {seconds} s: {what}"
        time.sleep(pause)
    return time.monotonic() - start
