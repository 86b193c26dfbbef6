"""What is proposed here, and by whom it is signed."""
