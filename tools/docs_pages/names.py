"""The reference of the Python names: each public name once, by the room it lives in, in the words of its docstring."""

from types import ModuleType

import myotrial
from myotrial import statistics

GROUPS = {
    "scores": ("myotrial.criteria.",),
    "classification": ("myotrial.criteria.classification.",),
    "instruments": ("myotrial.instruments.",),
    "treatments": ("myotrial.instruments.treatments.",),
    "trials": ("myotrial.trials.", "myotrial.endpoints.", "myotrial.simulation."),
    "study": ("myotrial.study.",),
    "results": ("myotrial.analysis.", "myotrial.report."),
    "registry": ("myotrial.registry.",),
    "errors": ("myotrial.model.", "myotrial.doctor"),
}
"""The modules whose public names stand on a page; of two that fit, the longer."""

FAMILIES = {
    "Proportions and ratios": ("proportions", "ratios", "unconditional"),
    "Strata": ("stratified", "stratified_difference", "association"),
    "Means, ranks and regression": ("means", "rank_sum", "permutation", "ancova", "logistic"),
    "Repeated measures": ("mmrm",),
    "Time to event": ("survival", "log_rank", "cox", "restricted_mean"),
    "Counts and rates": ("rates", "counts"),
    "Missing values": ("imputation",),
    "Several hypotheses": ("multiplicity",),
    "Sequential designs": ("group_sequential",),
    "Sample size": ("sample_size",),
    "What every estimate is": ("estimate",),
}
"""The modules of the statistics by what one looks for."""


def render(group: str) -> str:
    """Return the reference of one group of names, or of ``statistics``."""
    if group == "statistics":
        return "\n\n".join(f"## {title}\n\n{_entries(names)}" for title, names in _by_family().items())
    return _entries(by_group()[group], "myotrial")


def by_group() -> dict[str, list[str]]:
    """Return the public names of the package by page; every name has one.

    Raises
    ------
    LookupError
        A name lives in a module that no page lists.
    """
    found: dict[str, list[str]] = {group: [] for group in GROUPS}
    for name in myotrial.__all__:
        home = getattr(getattr(myotrial, name), "__module__", "")
        if not name.startswith("__") and not home.startswith("myotrial.statistics."):
            found[_group(name, home)].append(name)
    return found


def _group(name: str, home: str) -> str:
    fits = [
        (len(prefix), group) for group, prefixes in GROUPS.items() for prefix in prefixes if home.startswith(prefix)
    ]
    if not fits:
        raise LookupError(f"no page of the reference has a place for {name} of {home}")
    return max(fits)[1]


def _by_family() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {title: [] for title in FAMILIES}
    of = {part: title for title, parts in FAMILIES.items() for part in parts}
    for name in statistics.__all__:
        found[of[getattr(statistics, name).__module__.split(".")[2]]].append(name)
    return found


def _entries(names: list[str], module: str = "myotrial.statistics") -> str:
    home: ModuleType = myotrial if module == "myotrial" else statistics
    functions = [name for name in names if not isinstance(getattr(home, name), type)]
    classes = [name for name in names if name not in functions]
    lines = [f".. autofunction:: {module}.{name}\n" for name in functions]
    lines += [
        f".. autoclass:: {module}.{name}\n   :members:\n   :exclude-members: model_config, __init__\n"
        for name in classes
    ]
    return "```{eval-rst}\n" + "\n".join(lines) + "```"
