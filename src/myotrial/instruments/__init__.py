"""Item scores into measures; each instrument is a data file in ``data/instruments``, and code only interprets it."""
