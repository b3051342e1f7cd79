"""``/tis``: the calculator of the Total Improvement Score."""
