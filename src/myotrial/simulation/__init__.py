"""Design × assumptions × seed → study data."""
