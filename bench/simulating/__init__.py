"""A labelled year of a made-up company: ordinary work with its oddities, and planted misbehaviour of each kind."""
