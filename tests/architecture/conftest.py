"""The small service of the packets' tests, for the house tests that act on one."""

from tests.disclosures.conftest import small

__all__ = ["small"]
