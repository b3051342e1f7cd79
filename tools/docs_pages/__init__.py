"""Pages of the documentation that are made when it is built, from the code and the data files."""
