"""The job that destroys a batch, step by step, and its proof."""

DESTROY = "retention.destroy"
"""The kind of the job, and of the proposal that starts it."""
