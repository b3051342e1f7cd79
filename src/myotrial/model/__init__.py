"""Frozen records shared by every room, and the errors."""
