"""What every benchmark stands on: its own data folder, its arguments, its one answer.

``--quick`` uses smaller sizes and ends within 50 s; ``--json`` prints one JSON object,
``{"name": {"value": …, "target": …, "holds": …}}``, and nothing else on stdout.
"""

import argparse
import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Figure:
    """One measured figure; without a target it is only reported."""

    name: str
    value: float
    unit: str
    target: float | None = None
    is_least: bool = False  # the target is the least, and not the most

    @property
    def holds(self) -> bool | None:
        """Whether the figure keeps its target; None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.is_least else self.value <= self.target


def arguments(description: str) -> argparse.Namespace:
    """The options that each benchmark understands."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="smaller, within 50 s")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser.parse_args()


def fresh_folder(name: str) -> Path:
    """An empty folder under ``var/bench``; its data is kept until the next run."""
    folder = ROOT / "var" / "bench" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def start_django(folder: Path) -> None:
    """Start the portal in this process as a demo of its own, in ``folder``."""
    sys.path.insert(0, str(ROOT))
    os.environ["CANDOR_DEMO"] = "1"
    os.environ["CANDOR_VAR_DIR"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")
    import django  # noqa: PLC0415  the environment comes first

    django.setup()


def answer(figures: list[Figure], *, as_json: bool, note: str) -> None:
    """Print the figures, as JSON for machines or as a table for people."""
    if as_json:
        body = {
            one.name: {"value": one.value, "target": one.target, "holds": one.holds}
            for one in figures
        }
        print(json.dumps(body | {"note": note}, indent=2))
        return
    print(note)
    for one in figures:
        target = (
            "" if one.target is None else f"  target {one.target:g}, holds: {one.holds}"
        )
        print(f"{one.name:45} {one.value:10.3f} {one.unit}{target}")
