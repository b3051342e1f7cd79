"""The door to the second derivation of the outcomes: loads the package beside it by its path.

derive_trial, count, rate and outcomes are the package's own (see its docstrings); derive is the form in which the
first seven outcomes of RECLAIIM are asked for.
"""

import importlib.util
import sys
from pathlib import Path


def _package():
    name = "second_outcomes"
    if name not in sys.modules:
        folder = Path(__file__).resolve().parent / name
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


_second = _package()
count, derive_trial, outcomes, rate = _second.count, _second.derive, _second.outcomes, _second.rate


def derive(subjects, visits, events, tis=None):
    """Derive C0, C14, C25, C27, C28, C29 and C37 of NCT04044690.

    Returns
    -------
    dict
        Outcome → {(subject, threshold or None, week): (value, event or None, unknown)}.
    """
    tables = {"subjects": subjects, "visits": visits, "events": events}
    found = derive_trial("NCT04044690", tables, ("C0", "C14", "C25", "C27", "C28", "C29", "C37"))
    return {
        outcome: {
            (subject, level and int(level.removeprefix("≥ ")), week): (value, event, unknown)
            for (subject, _part, level, week), (value, event, _exposure, unknown) in rows.items()
        }
        for outcome, rows in found.items()
    }
