"""``/trials``: the definitions and the records that are held."""
