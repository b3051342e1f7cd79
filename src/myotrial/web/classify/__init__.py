"""``/classify``: what is known of a person → the published classifications."""
