"""Evidence pages made from the data files: every number with its source beside it, none typed twice."""
