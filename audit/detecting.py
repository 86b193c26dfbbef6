"""The detectors, as the audit calls them."""

from __future__ import annotations

from audit.detectors import detect, every, explain, untested

__all__ = ["detect", "every", "explain", "untested"]
