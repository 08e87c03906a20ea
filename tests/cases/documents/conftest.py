"""Where papers are stored."""

from pathlib import Path

import pytest

from cases import documents


@pytest.fixture
def files(settings):
    """Where papers are stored, as a function that lists what lies there.

    The mark of an upload goes with its commit, which most tests never make.
    """
    root = Path(settings.FILES_DIR)
    return lambda: sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and path.suffix != documents._BEGUN
    )
