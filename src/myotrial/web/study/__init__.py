"""``/study``: one study, looked at."""
