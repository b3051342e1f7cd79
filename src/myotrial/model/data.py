"""The data files that ship with the package."""

from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml


def data_file(*parts: str) -> Traversable:
    """Return one of the package's data files, for example ``data_file("criteria", "acr-eular-2016.yaml")``."""
    return resources.files("myotrial").joinpath("data", *parts)


@cache
def load_data(*parts: str) -> Any:
    """Parse one of the package's YAML files. The result is shared: read it, never change it."""
    return parse_yaml(data_file(*parts).read_text(encoding="utf-8"))


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader (the C one where it is there), which refuses a key that stands twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Build a mapping; the second of two equal keys would win in silence."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def parse_yaml(text: str) -> Any:
    """Parse YAML text into plain values.

    Raises
    ------
    yaml.YAMLError
        The text is not YAML, or a key stands twice in one mapping.

    Examples
    --------
    >>> parse_yaml("{edges: [5, 15], unit: percent}")
    {'edges': [5, 15], 'unit': 'percent'}
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506  (it is a safe loader)


def data_sha256(*parts: str) -> str:
    """Return the SHA-256 of a data file, as it stands in every result that used it."""
    return sha256(data_file(*parts).read_bytes()).hexdigest()
