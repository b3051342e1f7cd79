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


def parse_yaml(text: str) -> Any:
    """Parse YAML text with the safe loader (the C one where it is there)."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506  (both are safe loaders)


def data_sha256(*parts: str) -> str:
    """Return the SHA-256 of a data file, as it stands in every result that used it."""
    return sha256(data_file(*parts).read_bytes()).hexdigest()
