"""What a file is, and how its records are taken out of it one at a time, within bounds of size and depth."""
