"""What differs between two versions of a record, and between the records of one trial in several registers."""
