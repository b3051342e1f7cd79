"""The tables of a study: columns with units, values and what is optional, from ``data/study/tables.yaml``."""

from collections.abc import Iterator

from evidence.text import table

from myotrial.study.tables import Column, Table, load_tables

HEAD = ("column", "what it is", "values", "better", "optional", "also read as", "upper limit in")


def render() -> str:
    """Return a section for each table."""
    return "\n\n".join("\n\n".join(_section(name, held)) for name, held in load_tables().items())


def _section(name: str, held: Table) -> Iterator[str]:
    yield f"## {name}"
    if held.key:
        yield f"No two rows have the same {_listed(held.key)}."
    if held.needs:
        yield (
            f"Where no rule says which measures it needs, {_listed(held.needs)} are asked for: the columns must be "
            "there, their cells may be empty."
        )
    yield table(HEAD, (_row(column, held) for column in held.columns))


def _row(column: Column, held: Table) -> tuple[str, ...]:
    also = column.alternate
    return (
        f"`{column.name}`",
        column.label,
        _values(column),
        column.better or "",
        _optional(column, held),
        f"`{also.name}` in {also.unit}, 1 = {also.factor} {column.unit}" if also else "",
        f"`{column.uln}`" if column.uln else "",
    )


def _values(column: Column) -> str:
    top = f", at most `{column.max_column}`" if column.max_column else ""
    default = f"; {column.default:g} where it is not given" if column.default is not None else ""
    return column.expected() + top + default


def _optional(column: Column, held: Table) -> str:
    if column.needed:
        return "no"
    if column.required:
        return "cells"
    return "as the rule says" if column.name in held.needs else "yes"


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
