"""The program under test."""

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent


def program() -> str:
    """BELEPO_PROGRAM, else the build that was made last."""
    if named := os.environ.get("BELEPO_PROGRAM"):
        return str(Path(named).resolve())
    builds = [ROOT / ".build" / build / "belepo" for build in ("release", "debug")]
    made = [build for build in builds if build.exists()]
    assert made, "no program to test: run `swift build` first, or set BELEPO_PROGRAM"
    return str(max(made, key=lambda build: build.stat().st_mtime))


def environment(**settings: str) -> dict[str, str]:
    """Ours for a program, with these settings of Belépő's and no others."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BELEPO_")}
    return own | settings
