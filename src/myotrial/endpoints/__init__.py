"""Subject-level derivations over a whole trial: response, value, change, count, time to, occurrence, rate."""
