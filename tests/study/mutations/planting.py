"""What a planted fault is, and the register of its classes."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from clean_files import Case
from file_grid import Grid


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault was planted, and by which words it may be told; ``None`` leaves a part open."""

    codes: tuple[str, ...]
    file: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Planted:
    """What was planted: every place has to be told; nothing else may be, but for what ``also`` holds."""

    places: tuple[Place, ...] = ()
    also: tuple[Place, ...] = ()
    note: str | None = None  # words of the note that is due where the file cannot be said to be wrong


Mutator = Callable[[Case, Random], Planted | None]


@dataclass(frozen=True, slots=True)
class FaultClass:
    """A class of fault: its name, the kinds of input it is planted in, and how; a note or a fault is due."""

    name: str
    kinds: tuple[str, ...]
    plant: Mutator


CLASSES: dict[str, FaultClass] = {}


def fault_class(name: str, *kinds: str) -> Callable[[Mutator], Mutator]:
    """Register a mutator; it returns ``None`` where a case has no place for its fault."""

    def register(plant: Mutator) -> Mutator:
        assert name not in CLASSES
        CLASSES[name] = FaultClass(name, kinds or ("visits",), plant)
        return plant

    return register


def one(grid: Grid, at: int | None, column: str | None, *codes: str) -> Planted:
    """Plant in a single place: a record (counted from 0) and a column."""
    return Planted((place(grid, at, column, *codes),))


def place(grid: Grid, at: int | None, column: str | None, *codes: str) -> Place:
    return Place(codes, grid.file, None if at is None else grid.number(at), column)


def cell(grid: Grid, rng: Random, columns: list[str], *, filled: bool = True) -> tuple[int, str] | None:
    """Choose a cell of some columns, by default one that holds a value."""
    there = [
        (at, name)
        for name in columns
        if name in grid.header
        for at, text in enumerate(grid.column(name))
        if not filled or text not in {"", "NA", "."}
    ]
    return rng.choice(there) if there else None
