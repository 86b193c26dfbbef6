"""The detectors, as the audit calls them."""

from __future__ import annotations

from audit.detectors.registry import UnknownDetector, detect, every, explain, get, thresholds, untested

__all__ = ["UnknownDetector", "detect", "every", "explain", "get", "thresholds", "untested"]
