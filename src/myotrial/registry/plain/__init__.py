"""A trial's registry record in plain language: by rule, with the original beside it."""
