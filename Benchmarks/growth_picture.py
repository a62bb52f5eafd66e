"""The picture of the growth: plain SVG, in colours that go with a light and a dark page."""

import os
from html import escape

WIDTH, HEIGHT = 960, 330
PANEL, LEFT, TOP, BOTTOM = 300, 46, 62, 250
INK, FAINT = "#57606a", "#d0d7de"
COLOURS = {"SQLite": "#0969da", "PostgreSQL": "#bc4c00"}


def draw(instances, sizes, queues):
    """- instances: what a registration cost by the number of instances
    - sizes: by engine and size of the register, "10000000+1000000" with accounts
    - queues: by engine, how long a code took beside each kind of queue
    """
    panels = [
        rates(instances),
        costs(sizes),
        waits(queues),
    ]
    shifted = [
        f'<g transform="translate({10 + place * (PANEL + 18)},0)">{panel}</g>'
        for place, panel in enumerate(panels)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}" role="img" '
        'aria-label="What a registration costs as an installation grows">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff"/>\n'
        + "\n".join(shifted)
        + "\n</svg>\n"
    )


def rates(instances):
    bars = [(str(count), {"PostgreSQL": cost["a second"]}) for count, cost in instances.items()]
    return bar_chart("Registrations a second", f"instances on one machine of {os.cpu_count()} cores", bars)


def costs(sizes):
    names = list(next(iter(sizes.values())))
    bars = [
        (short(name), {engine: found[name]["beside hashes"] for engine, found in sizes.items()})
        for name in names
    ]
    return bar_chart("CPU of one beside its hashes, ms", "customers + accounts", bars)


def waits(queues):
    kinds = list(next(iter(queues.values())))
    words = {"alone": "none", "due notices": "notices"}
    words |= {"postponed codes": "codes", "due e-mails, relay down": "e-mails"}
    bars = [
        (words.get(kind, kind), {engine: found[kind] for engine, found in queues.items()})
        for kind in kinds
    ]
    return bar_chart("From click to gateway, ms", "what else waits, 100 k of each", bars)


def short(name):
    def one(number):
        number = int(number)
        if number >= 1_000_000:
            return f"{number / 1_000_000:g} M"
        return f"{number / 1000:g} k"

    return " + ".join(one(part) for part in name.split("+"))


def bar_chart(title, below, groups):
    """Groups of bars, each a name and a value for each engine."""
    most = round_up(max(value for _, values in groups for value in values.values()))
    parts = [text(LEFT - 36, 24, title, weight="bold", size=14)]
    for step in range(5):
        value = most * step / 4
        height = BOTTOM - (BOTTOM - TOP) * step / 4
        parts.append(
            f'<line x1="{LEFT}" x2="{PANEL}" y1="{height:.1f}" y2="{height:.1f}" stroke="{FAINT}"/>'
        )
        parts.append(text(LEFT - 6, height + 4, f"{value:g}", anchor="end"))
    room = (PANEL - LEFT) / len(groups)
    engines = list(dict.fromkeys(engine for _, values in groups for engine in values))
    width = min(30, 0.7 * room / len(engines))
    for place, (name, values) in enumerate(groups):
        middle = LEFT + room * (place + 0.5)
        for number, engine in enumerate(engines):
            if engine not in values:
                continue
            height = (BOTTOM - TOP) * values[engine] / most
            x = middle + width * (number - len(engines) / 2)
            parts.append(
                f'<rect x="{x:.1f}" y="{BOTTOM - height:.1f}" width="{width - 2:.1f}" '
                f'height="{height:.1f}" fill="{COLOURS[engine]}"/>'
            )
            parts.append(
                text(x + width / 2 - 1, BOTTOM - height - 4, f"{values[engine]:.3g}", "middle", 10)
            )
        parts.append(text(middle, BOTTOM + 16, name, anchor="middle", size=11))
    parts.append(text((LEFT + PANEL) / 2, BOTTOM + 36, below, anchor="middle"))
    for number, engine in enumerate(engines):
        x = LEFT + 110 * number
        parts.append(
            f'<rect x="{x}" y="{BOTTOM + 50}" width="10" height="10" fill="{COLOURS[engine]}"/>'
        )
        parts.append(text(x + 15, BOTTOM + 59, engine))
    return "".join(parts)


def text(x, y, words, anchor="start", size=12, weight="normal"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def round_up(value):
    """To the next number that four even steps lead to."""
    unit = 10 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    for factor in (1, 2, 4, 6, 8, 10):
        if unit * factor >= value * 1.08:
            return unit * factor
    return unit * 20
