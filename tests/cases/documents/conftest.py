"""Where papers are stored."""

from pathlib import Path

import pytest


@pytest.fixture
def files(settings):
    """Where papers are stored, as a function that lists what lies there."""
    root = Path(settings.FILES_DIR)
    return lambda: sorted(path for path in root.rglob("*") if path.is_file())
