"""Figures beside their targets."""

import os

# docs/rules.md#numbers-to-hold
TARGETS = {
    "beside hashes, embedded": (12, "ms"),
    "beside hashes, PostgreSQL": (18, "ms"),
    "statements": (80, ""),
    "round trips": (40, ""),
    "form page": (0.2, "ms"),
    "login": (3, "ms"),
    "memory idle": (60, "MB"),
    "memory storm": (120, "MB"),
    "start": (0.3, "s"),
    "first page": (30, "kB"),
}


class Figures:
    """A table whose last column says whether a target is met."""

    def __init__(self):
        self.rows = []

    def add(self, name, value, unit="", at_most=None, at_least=None):
        target = ""
        if at_most is not None:
            target = f"at most {at_most}: {'met' if value <= at_most else 'MISSED'}"
        if at_least is not None:
            target = f"at least {at_least}: {'met' if value >= at_least else 'MISSED'}"
        self.rows.append((name, f"{value:.2f} {unit}".strip(), target))

    def add_target(self, name, value, target):
        at_most, unit = TARGETS[target]
        self.add(name, value, unit, at_most=at_most)

    def print(self):
        print_columns(self.rows)


def print_columns(rows):
    rows = [[cell if isinstance(cell, str) else f"{cell:.2f}" for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [
            cell.rjust(width) if is_number(cell) else cell.ljust(width)
            for cell, width in zip(row[1:], widths[1:])
        ]
        print("  ".join(cells).rstrip(), flush=True)


def is_number(cell):
    return cell[:1].isdigit() or cell[:1] == "-" and cell[1:2].isdigit()


def heading(text):
    print(f"\n{text}", flush=True)


def load_of_the_machine():
    """More than our own work there shows in everything but CPU times, and a little in them, too."""
    return f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
