"""What goes out: one file per noun, gathered here."""

from disclosures.models.block import BlockOrder
from disclosures.models.collection import AccountCandidate, TargetAccount
from disclosures.models.custody import CustodyBreak
from disclosures.models.datamap import DataMapVersion
from disclosures.models.declaration import Declaration
from disclosures.models.delivery import Acknowledgement, Delivery
from disclosures.models.examination import Examination, Mark
from disclosures.models.exhibit import Exhibit
from disclosures.models.freeze import Freeze
from disclosures.models.packet import Packet
from disclosures.models.places import RowPlaces
from disclosures.models.produced import ProducedScope
from disclosures.models.pull import PullAnswer, PullOrder

__all__ = [
    "AccountCandidate",
    "Acknowledgement",
    "BlockOrder",
    "CustodyBreak",
    "DataMapVersion",
    "Declaration",
    "Delivery",
    "Examination",
    "Exhibit",
    "Freeze",
    "Mark",
    "Packet",
    "ProducedScope",
    "PullAnswer",
    "PullOrder",
    "RowPlaces",
    "TargetAccount",
]
