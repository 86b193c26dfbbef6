"""Every write, one act each."""
