"""What goes out: one file per noun, gathered here."""

from disclosures.models.collection import AccountCandidate, TargetAccount
from disclosures.models.custody import CustodyBreak
from disclosures.models.datamap import DataMapVersion
from disclosures.models.declaration import Declaration
from disclosures.models.delivery import Acknowledgement, Delivery
from disclosures.models.exhibit import Exhibit
from disclosures.models.freeze import Freeze
from disclosures.models.frozen import FrozenFacts
from disclosures.models.packet import Packet
from disclosures.models.produced import ProducedScope

__all__ = [
    "AccountCandidate",
    "Acknowledgement",
    "CustodyBreak",
    "DataMapVersion",
    "Declaration",
    "Delivery",
    "Exhibit",
    "Freeze",
    "FrozenFacts",
    "Packet",
    "ProducedScope",
    "TargetAccount",
]
