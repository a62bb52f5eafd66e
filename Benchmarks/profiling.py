"""Where the server's time goes while many people register: by function, and by part.

`perf` looks at the server a thousand times a second. Every sample belongs to the first part in PARTS
that one of its functions belongs to; memory's share is told beside, for it is in every part.
"""

import collections
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

from cost import MANY, WARM_UP, many_at_once
from installation import HASHING_SECONDS, installation
from people import registrations
from report import heading, load_of_the_machine, print_columns

CUSTOMERS = 20_000
SECONDS = 12
# Not a divisor of what timers like, so that nothing hides between two looks.
LOOKS_A_SECOND = 997
TOP = 25

# By the module that a function is in, its type where that tells more, or its library. In this order: a
# template that is filled in for a letter is the letter's.
PARTS = {
    "hashing": r"libsodium|^Cryptography\.(Argon2id|HashingQueue)",
    "letters, and sending them": r"^(Letters|MailRelay|SMSGateways|AsyncHTTPClient)\.|libcurl",
    "logging": r"^(belepo\.JSONLogHandler|Logging\.)",
    "database": r"^(GRDB|Persistence\w*)\.|libsqlite3|libpq",
    "templates and pages": r"^(Mustache|Markup|Pages|Wording|Yams)\.",
    "messages' queue": r"^Outbox\.",
    "decisions": r"^(Accounts|Domain|Cryptography|InternationalDomains)\.",
    "the site": r"^CustomerSite\.",
    "metrics": r"^(Prometheus|CoreMetrics)\.",
    "HTTP": r"^(NIO\w*|Hummingbird\w*|HTTP\w*)\.|^c_nio|^llhttp",
    "tasks and threads": r"libdispatch|libswift_Concurrency",
}
MEMORY = re.compile(
    r"^(_?_?(malloc|calloc|realloc|free|cfree|posix_memalign|aligned_alloc|madvise|munmap|mmap)\b"
    r"|_int_|__libc_(malloc|free|calloc|realloc|memalign)|malloc_consolidate|unlink_chunk|sysmalloc"
    r"|tcache_|swift_(alloc|dealloc|slowAlloc|slowDealloc|retain|release|bridgeObject|initStack"
    r"|setDeallocating|unknownObject|arrayDestroy|arrayInit)"
    r"|_swift_(retain|release|alloc|dealloc)|swift::RefCounts)"
)


class Profile:
    """- samples: each a list of functions from the innermost on, each a name and a place (`place_of`)"""

    def __init__(self, samples):
        self.total = len(samples)
        self.parts = collections.Counter()
        self.own = collections.Counter()
        self.inclusive = collections.Counter()
        self.memory = 0
        rules = [(name, re.compile(pattern)) for name, pattern in PARTS.items()]
        parts_of = {}
        for frames in samples:
            for _, place in frames:
                if place not in parts_of:
                    parts_of[place] = {name for name, pattern in rules if pattern.search(place)}
            found = set().union(*(parts_of[place] for _, place in frames))
            part = next((name for name in PARTS if name in found), None)
            innermost, place = frames[0]
            self.parts[part or ("the kernel" if "[kernel" in place else "the rest")] += 1
            self.own[innermost] += 1
            self.memory += bool(MEMORY.match(innermost))
            self.inclusive.update({name for name, _ in frames})

    def share(self, count):
        return 100 * count / self.total


def record(pid, file):
    """Ends by itself."""
    return subprocess.Popen(
        ["perf", "record", "--quiet", "-e", "cpu-clock", "-F", str(LOOKS_A_SECOND)]
        + ["--call-graph", "fp", "-p", str(pid), "-o", str(file), "--", "sleep", str(SECONDS)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def read(file):
    """The samples of a recording, as `Profile` takes them."""
    command = ["perf", "script", "-i", str(file), "--no-inline", "-F", "ip,sym,dso"]
    lines = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ).stdout.split("\n")
    frame = re.compile(r"^\s+[0-9a-f]+ (.*) \(([^()]*)\)$")
    samples, frames = [], []
    for line in lines:
        if match := frame.match(line):
            frames.append((match.group(1), match.group(2)))
        elif frames:
            samples.append(frames)
            frames = []
    known = {}
    names = readable({symbol for frames in samples for symbol, _ in frames})
    for frames in samples:
        for place, frame in enumerate(frames):
            if frame not in known:
                known[frame] = label(names[frame[0]], frame[1]), place_of(*frame)
            frames[place] = known[frame]
    return samples


def readable(symbols):
    """Swift's names as they stand in the source."""
    symbols = sorted(symbols)
    answer = subprocess.run(
        ["swift", "demangle", "--compact"],
        input="\n".join(symbols),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    return dict(zip(symbols, answer))


def label(name, library):
    """A function of the program by its name, another one with its library."""
    file = Path(library).name
    return name if file == "belepo" else f"{name} ({file})"


# The first names in a mangled one are the module and the type that a function belongs to. What it is
# given comes later, and says nothing of where the time goes.
MANGLED = re.compile(r"^\$s[A-Za-z_]*?(?=\d)")


def place_of(symbol, library):
    """`Module.Type` of a function in Swift, else its name; and its library."""
    words, rest = [], symbol
    if match := MANGLED.match(symbol):
        rest = symbol[match.end() :]
        while len(words) < 2 and (number := re.match(r"([1-9]\d*)", rest)):
            end = number.end() + int(number.group(1))
            words.append(rest[number.end() : end])
            rest = rest[end:]
    return f"{'.'.join(words) + '.' if words else symbol} ({Path(library).name})"


def print_profile(profile, cpu_ms):
    heading("By part: share of the server's CPU time, and ms of one registration")
    rows = [
        (name, f"{profile.share(count):.1f} %", f"{cpu_ms * count / profile.total:.2f}")
        for name, count in profile.parts.most_common()
    ]
    print_columns([*rows, ("all", "100.0 %", f"{cpu_ms:.2f}")])
    memory = profile.share(profile.memory)
    print(f"of all that, taking, counting and giving back memory: {memory:.1f} %")
    for title, counts in (
        ("By function itself", profile.own),
        ("By function with all that it calls", profile.inclusive),
    ):
        heading(title)
        for name, count in counts.most_common(TOP if counts is profile.own else 3 * TOP):
            print(f"{profile.share(count):5.1f} %  {name[:170]}")


def look(installed, server):
    """Looks while many register.

    Answers with what was seen, and what a registration cost meanwhile.
    """
    file = installed.folder / "perf.data"
    recording = []
    # The hash is measured first; the looks begin when the people have come.
    timer = threading.Timer(HASHING_SECONDS + 2, lambda: recording.append(record(server.pid, file)))
    timer.start()
    cost = many_at_once(installed, [server], seconds=SECONDS + 4)
    timer.join()
    if recording[0].wait(60) != 0:
        sys.exit("perf cannot look at the server: see /proc/sys/kernel/perf_event_paranoid")
    return Profile(read(file)), cost


def main(postgres_url):
    print("belepo profile,", load_of_the_machine())
    with installation(postgres_url) as installed:
        heading(f"# {installed.engine.name}")
        installed.import_register(CUSTOMERS)
        server = installed.serve()
        registrations([server], installed.post, installed.strangers, MANY, count=WARM_UP)
        profile, cost = look(installed, server)
        print(f"{cost['a second']:.1f} registrations a second while it was looked at")
        print_profile(profile, cost["server"])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main(os.environ.get("POSTGRES_FOR_TESTS"))
