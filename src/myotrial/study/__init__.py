"""Read study data: the plain tables of a study, checked in one pass, every fault at once."""
