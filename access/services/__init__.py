"""Every act on customer values, each with its event."""
