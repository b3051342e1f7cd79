"""Test vectors, which are kept in ``tests/common/vectors.yaml`` and run by the common suite."""

from functools import cache
from pathlib import Path
from typing import Any

from evidence.text import Sources, plain, section, table
from myotrial.model.data import parse_yaml

FILE = Path(__file__).resolve().parents[2] / "tests" / "common" / "vectors.yaml"


@cache
def load_vectors() -> dict[str, Any]:
    """Return kind → name → vectors."""
    found: dict[str, Any] = parse_yaml(FILE.read_text(encoding="utf-8"))
    return found


def vectors(kind: str, name: str, general: str, sources: Sources) -> list[str]:
    """Return the section on test vectors: what is true of all of its kind, then its own."""
    held = load_vectors()[kind].get(name, [])
    rows = ((each["says"], _pairs(each["gives"]), sources.mark(each["source"])) for each in held)
    own = table(("given", "gives", "source"), rows) if held else ""
    return section("Test vectors", general, own)


def _pairs(gives: dict[str, Any]) -> str:
    return ", ".join(f"{key} {'unknown' if value is None else plain(value)}" for key, value in gives.items())
