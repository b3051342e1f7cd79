"""Write a file whole or not at all."""

import os
import tempfile
from pathlib import Path

from myotrial.model.errors import BadInput, Fault


def check_target(target: Path) -> None:
    """Refuse a file that cannot be written, before anything is computed for it.

    Raises
    ------
    BadInput
        It is a folder, or its folder is not there.
    """
    if target.is_dir() or not target.parent.is_dir():
        problem = "this is a folder" if target.is_dir() else f"the folder {target.parent} is not there"
        raise BadInput([Fault("cannot_write", problem, str(target), expected="the name of the file to write")])


def write_whole(target: Path, text: str) -> Path:
    """Write a text to a file; one that stands there is replaced only once the new one is whole.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a.txt", "whole").read_text()
    'whole'
    """
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target
