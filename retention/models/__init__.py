"""Rows of retention."""

from retention.models.destruction import DestructionBatch, DestructionItem, DestructionRecord

__all__ = ["DestructionBatch", "DestructionItem", "DestructionRecord"]
