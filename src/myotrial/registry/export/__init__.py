"""A record as JSON with a schema, as tables, and as a USDM study definition."""
