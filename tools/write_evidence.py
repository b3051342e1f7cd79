"""Write the evidence page of each published rule from its data file, so that no number is typed twice."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from myotrial.criteria.rules import Criteria, Measure, list_criteria, load_criteria
from myotrial.model.options import Option
from myotrial.model.source import Source

FOLDER = Path("docs/evidence")


def page(criteria: Criteria) -> str:
    """Return the page of one set of criteria."""
    parts = [
        f"# {criteria.title}",
        f"Made by `make pages` from the data file of `{criteria.id}`; SHA-256 `{criteria.sha256}`.",
        "## Points",
        (
            "Improvement is the change toward better as a percentage of the measure's range. An edge belongs to "
            "the band below it."
        ),
        *_points(criteria.measures),
        "## Categories",
        _table(("category", "score of at least"), ((name, f"{edge:g}") for name, edge in criteria.thresholds.items())),
        f"Source: {_source(criteria.thresholds_source)}",
        "## Ranges",
        _table(
            ("measure", "range", "source"),
            ((measure.label, _range(measure), _source(measure.range.source)) for measure in criteria.measures),
        ),
        "## What no source settles",
        "Each is an option; its default is printed with every result.",
        _table(
            ("option", "default", "other choices", "what is known"),
            (
                (
                    f"`{name}`: {option.label}",
                    _plain(option.default),
                    "; ".join(f"{key}: {text}" for key, text in option.choices.items() if key != option.default)
                    or "any",
                    _source(option.source),
                )
                for name, option in criteria.options.items()
            ),
        ),
        "## How it is tested",
        TESTED,
    ]
    return "\n\n".join(parts) + "\n"


TESTED = """\
- Every pair of 0.1-cm VAS values, every pair of MMT scores of 150 and 80, every pair of HAQ values on its 0.125
  grid, and for each enzyme value and limit at every edge and one step to either side for 50 limits, against exact
  fractions that were programmed a second time from the published table: no wrong point.
- A missing measure: the interval equals what brute force over every value it could have had gives.
- Options, ties, thresholds, ceilings (a baseline MMT-8 of 142 of 150 caps the score at 77.5), permutation of rows,
  one row against many.

The tests are in `tests/criteria`. No published example of one patient's measures and score was found, so none is
reproduced."""


def _points(measures: Iterable[Measure]) -> list[str]:
    blocks: dict[tuple[float, ...], list[Measure]] = {}
    for measure in measures:
        blocks.setdefault(measure.bands.edges_percent, []).append(measure)
    tables = []
    for edges, group in blocks.items():
        bands = [
            f"up to {edges[0]:g} %",
            *(f"> {low:g} to {high:g} %" for low, high in pairwise(edges)),
        ]
        head = ("measure", *bands, f"> {edges[-1]:g} %")
        tables.append(
            _table(head, ((measure.label, *(f"{points:g}" for points in measure.bands.points)) for measure in group))
        )
    return [*tables, f"Source: {_source(next(iter(blocks.values()))[0].bands.source)}"]


def _range(measure: Measure) -> str:
    span = measure.range
    if span.high is not None:
        return f"{span.low:g} to {span.high:g} {span.unit}"
    if span.high_column:
        return f"{span.low:g} to `{span.high_column}` ({span.default:g} unless it is given) {span.unit}"
    return span.unit


def _source(source: Source) -> str:
    place = f" ({source.where})" if source.where else ""
    return f"{source.citation}{place} [{source.status.replace('_', ' ')}]"


def _others(option: Option) -> str:
    others = [f"{key}: {text}" for key, text in option.choices.items() if key != option.default]
    return "; ".join(others) or "any"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value).lower()


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in list_criteria():
        (FOLDER / f"{name}.md").write_text(page(load_criteria(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
