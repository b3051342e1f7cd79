"""``/instruments``: from the items of an instrument to its totals."""
