"""Rules of change between two visits: improvement, worsening, inactive disease."""
