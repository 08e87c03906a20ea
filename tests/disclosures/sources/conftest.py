"""A database to be asked."""

import sqlite3

import pytest


@pytest.fixture
def database(tmp_path):
    """An SQLite file to fill, and its address."""
    path = tmp_path / "service.sqlite3"
    connection = sqlite3.connect(path)
    yield connection, f"sqlite:///{path}"
    connection.close()
