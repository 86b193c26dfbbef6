"""Holds, what each day's run found due, destruction records and the register of copies; schedules: `classification`."""

from retention.models.backups import Backup, BackupCheck, BackupRemoval, Recovery
from retention.models.destruction import DestructionBatch, DestructionItem, DestructionRecord, RecipientTold
from retention.models.holds import Hold
from retention.models.listings import DueEntry, DueListing
from retention.models.systems import DownstreamSystem, SystemTold

__all__ = [
    "Backup",
    "BackupCheck",
    "BackupRemoval",
    "DestructionBatch",
    "DestructionItem",
    "DestructionRecord",
    "DownstreamSystem",
    "DueEntry",
    "DueListing",
    "Hold",
    "RecipientTold",
    "Recovery",
    "SystemTold",
]
