"""System checks of the trail (registered in the next step)."""
