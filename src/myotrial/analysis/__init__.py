"""Apply a definition's plan to study data: endpoint rows and statistics → results."""
