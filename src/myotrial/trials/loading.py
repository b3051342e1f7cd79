"""Load a trial definition by name or from a file, with every fault of it at once."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from myotrial.model.data import data_file, parse_yaml
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.summaries import FITS

UNION_TAGS = frozenset(
    {"Compare", "Happened", "Meets", "All", "AnyOf", "Not", "Count", "Ever", "Confirmed", "Throughout", "float", "int",
     "str"}
)  # fmt: skip
FITS_OR_KINDS = frozenset(FITS) | frozenset(kind for kinds in FITS.values() for kind in kinds)


@cache
def list_trials() -> tuple[str, ...]:
    """Return the ids of the trials whose definitions ship with the package.

    Examples
    --------
    >>> list_trials()
    ('NCT02347891', 'NCT02728752', 'NCT04044690', 'NCT05832034')
    """
    return tuple(sorted(file.name.removesuffix(".yaml") for file in data_file("trials").iterdir()))


def load_trial(name: str | Path) -> TrialDefinition:
    """Load a trial definition.

    Parameters
    ----------
    name
        The id of a trial that ships with the package (see :func:`list_trials`), or the path of a YAML file.

    Raises
    ------
    BadInput
        With every fault of the file, each with its path in it.

    Examples
    --------
    >>> load_trial("NCT04044690")
    TrialDefinition(NCT04044690 RECLAIIM: IgPro20 v Placebo, 126 planned, 14 visits, 42 outcomes)
    """
    return parse_trial(trial_text(name), Path(str(name)).name)


def trial_text(name: str | Path) -> str:
    """Return the YAML of a definition as it stands."""
    if str(name) in list_trials():
        return data_file("trials", f"{name}.yaml").read_text(encoding="utf-8")
    path = Path(str(name))
    if not path.is_file():
        hint = did_you_mean(str(name).upper(), list_trials())
        known = f"one of {', '.join(list_trials())}, or the path of a YAML file"
        raise BadInput([Fault("unknown_trial", "no trial has this name, and no file", got=str(name), expected=known,
                              hint=hint)])  # fmt: skip
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput([Fault("not_yaml", "the file is not text in UTF-8", str(path), expected="YAML")]) from None
    except OSError as error:
        raise BadInput([Fault("unreadable", f"the file cannot be read: {error.strerror}", str(path))]) from None


def parse_trial(text: str, file: str = "definition") -> TrialDefinition:
    """Parse the text of a definition; see :func:`load_trial`.

    Examples
    --------
    >>> parse_trial("id: MINE")
    Traceback (most recent call last):
    ...
    myotrial.model.errors.BadInput: ... faults
    definition, at title: a field is missing
    ...
    """
    try:
        data = parse_yaml(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        row = None if mark is None else mark.line + 1
        raise BadInput([Fault("not_yaml", f"the file is not YAML: {reason}", file, row)]) from None
    except ValueError as error:  # a date that no calendar has
        raise BadInput([Fault("not_yaml", f"the file is not YAML: {error}", file)]) from None
    if not isinstance(data, dict):
        raise BadInput([Fault("not_a_definition", "the file holds no trial definition", file,
                              got=type(data).__name__, expected="a mapping with id, arms, outcomes ...")])  # fmt: skip
    try:
        return TrialDefinition.model_validate(data)
    except ValidationError as error:
        raise BadInput(_faults(error, file)) from None


def _faults(error: ValidationError, file: str) -> list[Fault]:
    faults = []
    details = error.errors(include_url=False)
    told: set[str] = set()
    broken = {detail["loc"][:-1] for detail in details}
    for detail in details:
        if detail["type"] == "too_short" and detail["loc"] in broken:
            continue  # it only seems too short because its parts are wrong, and they are told
        path = _path(detail["loc"])
        if path in told and detail["type"] not in {"value_error", "missing", "extra_forbidden"}:
            continue  # the other side of a union has nothing to add
        told.add(path)
        if detail["type"] == "value_error":
            problems = str(detail["ctx"]["error"]).split("\n") if not path else [str(detail["ctx"]["error"])]
            faults += [_from_text(problem, path, file) for problem in problems]
        else:
            faults.append(_from_detail(detail, path, file))
    return faults


def _path(loc: tuple[str | int, ...]) -> str:
    """Return the place in the file; what only the model's unions have to say is left out."""
    kept: list[str] = []
    for part in loc:
        of_union = str(part) in UNION_TAGS or str(part).startswith("tuple[")
        of_kind = bool(kept) and (kept[-1] == "variable" or kept[-2:-1] == ["summaries"]) and str(part) in FITS_OR_KINDS
        if not (of_union or of_kind):
            kept.append(str(part))
    return ".".join(kept)


def _from_text(problem: str, path: str, file: str) -> Fault:
    """Tell a fault that the model itself found; its text begins with the path where it spans several fields."""
    if path:
        return Fault("definition", problem, file, column=path)
    place, _, text = problem.partition(": ")
    return Fault("definition", text, file, column=place)


def _from_detail(detail: Any, path: str, file: str) -> Fault:
    got = None if detail["type"] in {"missing", "extra_forbidden"} else repr(detail["input"])[:80]
    hint = (
        "check the spelling; the JSON Schema completes the names in an editor"
        if detail["type"] == "extra_forbidden"
        else None
    )
    message = {
        "missing": "a field is missing",
        "extra_forbidden": "the field is not known",
        "too_short": "at least one entry is needed",
        "union_tag_not_found": "a field is missing: kind",
    }.get(detail["type"], detail["msg"])
    return Fault("definition", message, file, column=path, got=got, hint=hint)
