"""The web application: the same functions as the command line, as pages that work without a script."""
