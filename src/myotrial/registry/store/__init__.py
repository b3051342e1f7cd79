"""Keep every version of every record in one file, lay the records of a trial together, and search them."""
