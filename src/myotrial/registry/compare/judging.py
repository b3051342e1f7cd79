"""Whether registers agree on a value: copies of a register's record count once, by the order of trust."""

from collections.abc import Callable, Sequence

from myotrial.registry.compare.side_by_side import Row, Source, Verdict

Same = Callable[[str, str], str | None]
"""Tells how two values are the same: ``agree``, ``precision``, ``lost comparator``, ``wording``; ``None``: not."""

_WEAKEST: tuple[Verdict, ...] = ("lost comparator", "precision", "wording", "agree")


def judge(field: str, values: tuple[str | None, ...], sources: Sequence[Source], same: Same) -> Row:
    """Return the row of one field.

    Parameters
    ----------
    field, values
        What it is, and what each record says.
    sources
        The records.
    same
        How two values are the same, if they are.
    """
    speaking = speakers(values, sources)
    stated = [(source, str(values[place])) for source, place in speaking]
    verdict = _verdict([value for _, value in stated], same)
    details = []
    if verdict == "disagree":
        details.append(", ".join(f"{value} ({source.partition(':')[0]})" for source, value in stated))
    details += _copies(values, sources, speaking, same)
    return Row(field=field, values=values, verdict=verdict, witnesses=len(stated), detail="; ".join(details))


def speakers(values: Sequence[object], sources: Sequence[Source]) -> list[tuple[str, int]]:
    """Return, for each register that states a value, the place of its most trusted record that does."""
    best: dict[str, int] = {}
    for place, (value, source) in enumerate(zip(values, sources, strict=True)):
        if value is None or source.witness is None:
            continue
        held = best.get(source.witness)
        if held is None or source.layer < sources[held].layer:
            best[source.witness] = place
    return list(best.items())


def _verdict(values: Sequence[str], same: Same) -> Verdict:
    if len(values) < 2:
        return "one only"
    found = [same(one, other) for place, one in enumerate(values) for other in values[place + 1 :]]
    if None in found:
        return "disagree"
    return next(verdict for verdict in _WEAKEST if verdict in found)


def _copies(
    values: Sequence[str | None], sources: Sequence[Source], speaking: Sequence[tuple[str, int]], same: Same
) -> list[str]:
    """Tell which copies differ from the record they are a copy of."""
    best = dict(speaking)
    told = []
    for place, (value, source) in enumerate(zip(values, sources, strict=True)):
        held = best.get(source.witness or "")
        if value is None or held is None or held == place:
            continue
        how = same(str(values[held]), value)
        if how is None:
            what = "the source it copies" if sources[held].layer == 0 else f"record {held + 1}"
            told.append(f"record {place + 1} has {value} where {what} has {values[held]}")
        elif how != "agree":
            told.append(f"record {place + 1}: {how}")
    return told
