"""Schedules, holds, destruction records and the register of copies."""

from retention.models.backups import Backup as Backup
from retention.models.backups import BackupCheck as BackupCheck
from retention.models.backups import BackupRemoval as BackupRemoval
from retention.models.backups import Recovery as Recovery
