"""Proposals, who must sign them, signatures: the two-person rule, written once."""
