"""Acts on people that need no second signature: taking away, enrolling, locking, giving a factor, notifying."""
