"""Freed memory stays with the process: asking for it anew costs more than the arithmetic on small arrays."""

from functools import lru_cache

import numpy as np

ELEMENTS = 4_000_000
"""32 MB: just below the largest block by which the GNU C library learns what to keep."""


@lru_cache(maxsize=1)
def keep_freed_memory() -> None:
    """Teach the C library once to keep up to 64 MB of what is freed.

    The GNU C library hands arrays above 128 KiB back to the system as soon as they are freed, and the system clears
    every page of the next one. Once a larger block was freed it keeps blocks up to that size. This block is never
    written to, and so takes no memory; other libraries do as they always do.
    """
    np.empty(ELEMENTS)
