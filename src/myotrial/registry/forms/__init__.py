"""The forms that registry records come in: one reader each, from named fields to a record."""
