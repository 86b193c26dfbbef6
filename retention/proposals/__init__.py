"""What an officer proposes and a department head signs."""
