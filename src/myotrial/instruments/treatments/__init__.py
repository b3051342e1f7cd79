"""What was given and what happened: glucocorticoid doses, adverse events."""
