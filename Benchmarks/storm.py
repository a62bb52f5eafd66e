"""How soon a server is ready, and what it takes of the memory: at rest, in a storm, and afterwards."""

import multiprocessing
import statistics
import time

from portal_client import Browser

STARTS = 5
IN_FLIGHT = 200
STORMERS = 8
BROWSERS = 8
TURNS = 10


def start_seconds(installed):
    """On a database that is there already."""
    taken = []
    for _ in range(STARTS):
        server = installed.serve()
        taken.append(server.start_seconds)
        installed.stop(server)
    return statistics.median(taken)


def storm(installed, server):
    """200 registrations wait for their code while 64 browsers log in with wrong passwords."""
    waiting = []
    for _ in range(IN_FLIGHT):
        customer = installed.strangers.next()
        browser = Browser(server.port)
        browser.get("/regisztracio")
        browser.post(
            "/regisztracio",
            kind="customer",
            customerNumber=customer.customer_number,
            mobilePrefix="30",
            mobileNumber=customer.mobile,
        )
        waiting.append(browser)
    with multiprocessing.Pool(STORMERS) as pool:
        pool.starmap(wrong_passwords, [(server.port, stormer) for stormer in range(STORMERS)])
    for browser in waiting:
        browser.close()


def wrong_passwords(port, stormer):
    browsers = [Browser(port) for _ in range(BROWSERS)]
    for browser in browsers:
        browser.get("/bejelentkezes")
    for turn in range(TURNS):
        for place, browser in enumerate(browsers):
            nobody = f"nobody{stormer}.{place}.{turn}@pelda.example"
            browser.send_form("/bejelentkezes", username=nobody, password="Rossz123")
        for browser in browsers:
            answer = browser.receive()
            if answer.status == 422:
                browser.page = answer
    for browser in browsers:
        browser.close()


def memory_afterwards(server, seconds):
    """What is resident so many seconds after a storm, and the most that ever was."""
    found = {}
    began = time.monotonic()
    for mark in seconds:
        time.sleep(max(0.0, began + mark - time.monotonic()))
        found[mark] = server.memory_mb()
    return found, server.memory_mb("VmHWM")
