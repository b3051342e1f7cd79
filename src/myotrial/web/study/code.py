"""The Python and the command that give what a page shows."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from myotrial.study.narrowing import Wanted
from myotrial.web.study.looking import Look


@dataclass(frozen=True, slots=True)
class Code:
    """Two ways to the same numbers; ``where`` says from which folder, ``command`` is empty where there is none."""

    python: str
    command: str
    where: str


def code_of(look: Look, ending: str, command: str = "analyse", more: str = "") -> Code:
    """Return the code for a look.

    Parameters
    ----------
    look
        The look.
    ending
        The last lines of Python; ``trial``, ``study`` and ``results`` are there.
    command, more
        The command, and what comes after its arguments; no command where it is empty.
    """
    trial = _trial(look)
    lines = ["import myotrial as mt", "", f"trial = mt.load_trial({trial!r})", *_read(look)]
    if wanted := look.filters.wanted():
        lines.append(f"study = mt.filter_study(study, {_arguments(wanted)})")
    masked = ", masked=True" if look.masked else ""
    lines.append(f"results = mt.analyse(trial, study{masked})")
    words = ["myotrial", command, trial, look.opened.label, *(["--masked"] if look.masked else [])]
    words += [part for word in look.filters.only() for part in ("--only", word)]
    told = f"{shlex.join(words)} {more}".strip() if command else ""
    return Code("\n".join([*lines, ending]), told, _where(look))


def masked_trial_line(look: Look) -> str:
    """Return the line that masks the definition itself, where it is masked: what is shown asks for it."""
    return "from myotrial.trials.masking import mask_trial\n\ntrial = mask_trial(trial)\n" if look.masked else ""


def _trial(look: Look) -> str:
    name = look.opened.question.trial
    return Path(name).name if name.endswith((".yaml", ".yml")) else name


def _read(look: Look) -> list[str]:
    masked = ", masked=True" if look.masked else ""
    return [
        f"study = mt.read_study({look.opened.label!r}, trial.schedule.baseline_week,",
        f"                      needs=mt.trial_needs(trial){masked})",
    ]


def _arguments(wanted: dict[str, Wanted]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in wanted.items())


def _where(look: Look) -> str:
    what = f"the folder {look.opened.label}"
    return f"{what} that holds the files you sent" if look.uploaded else f"where {what} lies"
