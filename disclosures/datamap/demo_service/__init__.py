"""A stand-in for a service: its database and its public data set, wholly invented.

The shape is the one that was published for the spring of 2023, or that of the present
day. Names are made up, addresses come from the ranges kept for documentation, mail goes
to example domains.
"""

from disclosures.datamap.demo_service.make import SEED, make_service
from disclosures.datamap.demo_service.people import FIVE_ACCOUNTS
from disclosures.datamap.demo_service.tables import Shape

__all__ = ["FIVE_ACCOUNTS", "SEED", "Shape", "make_service"]
