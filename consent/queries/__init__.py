"""What the consents and notices of a time say."""
