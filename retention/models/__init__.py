"""Holds, what each day's run found due, destruction records and the register of copies; schedules: `classification`."""

from retention.models.backups import Backup, BackupCheck, BackupRemoval, Recovery
from retention.models.destruction import DestructionBatch, DestructionItem, DestructionRecord, RecipientTold
from retention.models.holds import Hold
from retention.models.listings import DueEntry, DueListing

__all__ = [
    "Backup",
    "BackupCheck",
    "BackupRemoval",
    "DestructionBatch",
    "DestructionItem",
    "DestructionRecord",
    "DueEntry",
    "DueListing",
    "Hold",
    "RecipientTold",
    "Recovery",
]
