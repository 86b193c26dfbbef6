"""Look for values that look like a higher level than their label, and keep what was found as doubts to work off."""
