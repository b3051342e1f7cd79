"""One BLAS thread while small matrices are multiplied: several threads only wait for one another there."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_NAMES = tuple(f"{start}openblas_{{}}_num_threads{end}" for start in ("scipy_", "") for end in ("64_", ""))


@lru_cache(maxsize=4)
def _switches(package: str) -> tuple[tuple[Any, Any], ...]:
    """Readers and writers of the number of threads of a package's own OpenBLAS; empty where it has another library."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return ()
    home = Path(spec.origin).parent
    found = []
    for folder in (home.parent / f"{package}.libs", home / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")):
            try:
                library = ctypes.CDLL(str(path))
            except OSError:
                continue
            pairs = [(name.format("get"), name.format("set")) for name in _NAMES]
            found += [(getattr(library, g), getattr(library, s)) for g, s in pairs if hasattr(library, s)][:1]
    return tuple(found)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold the OpenBLAS of NumPy, and of SciPy once Numba calls it, at one thread; elsewhere do nothing."""
    packages = ("numpy", "scipy") if "numba" in sys.modules else ("numpy",)
    switches = [pair for package in packages for pair in _switches(package)]
    before = [int(get()) for get, _ in switches]
    for _, put in switches:
        put(1)
    try:
        yield
    finally:
        for (_, put), count in zip(switches, before, strict=True):
            put(count)
