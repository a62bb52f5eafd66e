"""How long a text is as an SMS: `belepo messages measure` against two independent libraries.

gsm0338 knows the alphabet, smsutil knows the alphabet and where a long text is cut. Where they and
the standards part, the standards decide: 3GPP TS 23.038 for the alphabets, TS 23.040 for the
segments.
"""

import json
import os
import random
import subprocess

import gsm0338
import pytest
import smsutil
from smsutil import unicode_split

from parts import Folder
from program import program

CODEC = gsm0338.Codec()
# Both libraries write U+001B as 0x1B. That septet is no character: it says that the next one is of
# the extension table (TS 23.038, 6.2.1), so that a text with it would arrive as another.
# Neither table has the character; it takes UCS-2. On all else the libraries agree.
ESCAPE = "\x1b"
EXTENDED = list("^{}\\[~]|€\f")
ALPHABET = [c for c in map(chr, range(0x3000)) if smsutil.codecs.is_valid_gsm(c)]
BASIC = [c for c in ALPHABET if c not in EXTENDED and c != ESCAPE]
FOREIGN = list("őűáíóúŐŰÁÍÓÚ„”–…\u00a0\u2028`ç") + [ESCAPE, "\u0301", "\ufeff", "\u200d"]
PAIRS = list("😀🏠𝒜\U0010ffff")
# Around every border between one segment and two, and two and three.
LENGTHS = {"gsm7": (160, 2 * 153, 3 * 153), "ucs2": (70, 2 * 67, 3 * 67)}
RANDOM_TEXTS = 4000

PANGRAMS = [
    "Árvíztűrő tükörfúrógép",
    "ÁRVÍZTŰRŐ TÜKÖRFÚRÓGÉP",
    "Jó foxim és don Quijote húszwattos lámpánál ülve egy pár bűvös cipőt készít.",
    "Egy hűtlen vejét fülöncsípő, dühös mexikói úr Wesselényinél mázol Quitóban.",
    "é É ö Ö ü Ü és minden más magyar betű: á Á í Í ó Ó ú Ú ő Ő ű Ű",
    "Példa Biztosító: az Ön kódja K48213.\n\n@portal.pelda.example #48213",
    "Pelda Biztosito: az On kodja K48213. [10 perc] {ne adja ki} ~5^2|\\ €",
]


def measured(texts: list[str]) -> list[dict]:
    folder = Folder("measure")
    try:
        done = subprocess.run(
            [program(), "messages", "measure"],
            # JSON's own escapes for all that is not ASCII: the line is a line whatever is in it.
            input="".join(json.dumps(text) + "\n" for text in texts),
            cwd=folder.path,
            env={n: v for n, v in os.environ.items() if not n.startswith("BELEPO_")},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert len(lines) == len(texts), f"{len(lines)} answers to {len(texts)} texts: {lines[-1:]}"
        return [json.loads(line) for line in lines]
    finally:
        folder.remove()


def expected(text: str) -> dict:
    """What both libraries say, who must agree."""
    split = smsutil.split(text)
    is_gsm7 = split.encoding == "gsm0338"
    try:
        septets, _ = CODEC.encode(text)
    except UnicodeEncodeError:
        septets = None
    assert is_gsm7 == (septets is not None), f"the libraries disagree about {text!r}"
    if ESCAPE in text or septets is None:
        # A pair of surrogates is one character and not cut (smsutil), as an escape and its letter
        # are not (TS 23.040, 9.2.3.24.1).
        parts = unicode_split(text).parts
        units = len(text.encode("utf-16-be")) // 2
        return {"encoding": "ucs2", "units": units, "segments": len(parts)}
    assert septets == smsutil.encode(text)
    return {
        "encoding": "gsm7", "units": len(septets), "segments": len(split.parts),
        "septets": septets.hex(),
    }  # fmt: skip


def must_agree(texts: list[str]) -> None:
    wrong = []
    for text, ours in zip(texts, measured(texts)):
        ours = ours | ({"septets": ours["septets"].lower()} if "septets" in ours else {})
        if ours != expected(text):
            wrong.append(f"{text!r}\n  ours   {ours}\n  theirs {expected(text)}")
    assert not wrong, f"{len(wrong)} of {len(texts)} differ:\n" + "\n".join(wrong[:10])


def test_every_single_character():
    """The whole basic plane, and a few beyond it."""
    plane = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    must_agree(plane + PAIRS)


def test_hungarian_and_the_messages_that_we_write():
    must_agree(PANGRAMS)


@pytest.mark.parametrize("alphabet", LENGTHS)
def test_each_border_between_segments_with_one_long_character_at_each_place(alphabet):
    """An escape or a pair that straddles the border moves to the next segment as a whole."""
    short, long = ("a", "€") if alphabet == "gsm7" else ("ő", "😀")
    texts = []
    for length in LENGTHS[alphabet]:
        for units in range(length - 3, length + 4):
            texts.append(short * units)
            texts += [
                short * place + long + short * (units - place - 2)
                for border in (153, 306, 459) if alphabet == "gsm7"
                for place in range(border - 3, border + 2) if place + 2 <= units
            ] or [
                short * place + long + short * (units - place - 2)
                for border in (67, 134, 201)
                for place in range(border - 3, border + 2) if place + 2 <= units
            ]  # fmt: skip
    must_agree(texts)


def test_thousands_of_random_texts():
    seed = int(os.environ.get("DRILL_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
    print(f"DRILL_SEED={seed}")
    chance = random.Random(seed)
    must_agree([_text(chance) for _ in range(RANDOM_TEXTS)])


def _text(chance: random.Random) -> str:
    """Of about the length of a border, with a share of long characters of its own."""
    is_gsm7 = chance.random() < 0.6
    short, long = (BASIC, EXTENDED) if is_gsm7 else (BASIC + FOREIGN, PAIRS + EXTENDED)
    share = chance.choice((0, 0.02, 0.2, 0.7))
    wanted = chance.choice(LENGTHS["gsm7" if is_gsm7 else "ucs2"]) + chance.randint(-4, 4)
    text, units = "" if is_gsm7 else chance.choice(FOREIGN + PAIRS), 0
    while units < wanted:
        is_long = chance.random() < share
        text += chance.choice(long if is_long else short)
        units += 2 if is_long else 1
        # One character to some, two to the standard.
        if chance.random() < 0.01:
            text, units = text + "\r\n", units + 2
    return text
