"""Schedules, holds, destruction records and the register of copies."""

from retention.models.backups import Backup, BackupCheck, BackupRemoval, Recovery
from retention.models.destruction import DestructionBatch, DestructionItem, DestructionRecord

__all__ = [
    "Backup",
    "BackupCheck",
    "BackupRemoval",
    "DestructionBatch",
    "DestructionItem",
    "DestructionRecord",
    "Recovery",
]
