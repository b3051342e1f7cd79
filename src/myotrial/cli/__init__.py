"""The command line: one file per command, no arithmetic.

Results go to stdout, messages and progress to stderr. Exit status: 0 done, 1 the answer is no, 2 usage,
3 bad input (every fault listed), 4 could not be estimated.
"""

from myotrial.cli.app import main

__all__ = ["main"]
