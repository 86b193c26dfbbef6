"""Acts on keys by two custodians: making, promoting, rotating, retiring and destroying them; the key register."""
