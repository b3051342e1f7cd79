"""Trial definitions: the model, the loader, and how much of a record a definition answers."""
