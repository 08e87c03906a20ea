"""Turns of phrase that the packet's English is put together from; pure."""

from collections.abc import Iterable, Sequence

from disclosures.packet.contents import ExhibitFacts


def cited(shown: Iterable[ExhibitFacts]) -> str:
    """``Exhibits E001 to E003 and E007``: runs of numbers drawn together."""
    numbers = sorted(exhibit.number for exhibit in shown)
    runs: list[list[str]] = []
    for number in numbers:
        if runs and int(number[1:]) == int(runs[-1][-1][1:]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = [part for run in runs for part in _run_names(run)]
    word = "Exhibit" if len(numbers) == 1 else "Exhibits"
    return f"{word} {listed(named)}"


def _run_names(run: list[str]) -> list[str]:
    return run if len(run) < 3 else [f"{run[0]} to {run[-1]}"]


def listed(names: list[str]) -> str:
    """Names with commas between them, and “and” before the last."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def be(exhibits: Sequence[ExhibitFacts]) -> str:
    """“is” of one exhibit, “are” of more."""
    return "is" if len(exhibits) == 1 else "are"


def sources(exhibits: Iterable[ExhibitFacts]) -> str:
    """The sources of these exhibits by title, each once."""
    titles = sorted({one.source_title for one in exhibits if one.source_title})
    return (
        listed([f"“{title}”" for title in titles]) if titles else "the service's data"
    )


def span(exhibits: Iterable[ExhibitFacts]) -> str:
    """When their snapshots were taken, in ISO 8601."""
    times = sorted(one.snapshot_at for one in exhibits if one.snapshot_at)
    if not times:
        return "at the times stated there"
    return (
        f"at {times[0]}" if times[0] == times[-1] else f"from {times[0]} to {times[-1]}"
    )


def count(number: int, noun: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def lower_first(text: str) -> str:
    """With a small letter in front."""
    return text[:1].lower() + text[1:]
