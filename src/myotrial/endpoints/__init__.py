"""Subject-level derivations over a whole trial: response, value, change, time to, occurrence."""
