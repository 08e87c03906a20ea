"""What every test stands on: no network, private folders, the demo's settings."""

import os
import tempfile
from pathlib import Path

_VAR = tempfile.mkdtemp(prefix="candor-tests-")
os.environ["CANDOR_DEMO"] = "1"
os.environ["CANDOR_VAR_DIR"] = _VAR
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's event loop

import pytest  # noqa: E402  the environment comes first


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"
