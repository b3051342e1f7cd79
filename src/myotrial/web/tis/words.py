"""Words of the form: what a field is called, and what may stand in it."""

from functools import cache

from myotrial.criteria.change.rules import load_rule
from myotrial.instruments.definition import load_instrument
from myotrial.web.sheets import find_sheets
from myotrial.web.tis.form import Form, open_options
from myotrial.web.tis.rows import RULES, row_of, rows_of


def name_field(form: Form, field: str) -> str:
    """Return what a field is called.

    Examples
    --------
    >>> name_field(Form(), "mmt.1"), name_field(Form(), "week.0")
    ('Manual muscle testing, visit 1', 'Week, baseline')
    """
    name, _, visit = field.partition(".")
    if name == "option" and visit in open_options(form.variant):
        return open_options(form.variant)[visit].label.capitalize()
    if name == "unit":
        return "Unit of the lines" if visit == "vas" else f"Unit of {row_of(f'{visit}_u_per_l').label}"
    labels = {row.name: row.label for row in rows_of(form.variant).every}
    labels |= {"week": "Week", "mmt_max": "Highest possible manual muscle test score", "sheet": "The open sheet"}
    label = labels.get(name, field)
    if not visit.isdigit():
        return label
    return f"{label}, {'baseline' if visit == '0' else f'visit {visit}'}"


@cache
def tops() -> str:
    """Return the highest manual muscle test scores of the published sets.

    Examples
    --------
    >>> tops()
    '80 MMT-8 (one side), 150 MMT-8 (both sides), 260 MMT-26'
    """
    sheets = sorted(find_sheets()["mmt"], key=lambda sheet: sheet.maximum)
    return ", ".join(f"{sheet.maximum:g} {load_instrument(sheet.instrument).short}" for sheet in sheets)


@cache
def beside_words(variant: str) -> str:
    """Return what stands beside the score of a variant."""
    measures = [row.label for row in rows_of(variant).beside if not row.limit]
    rules = [load_rule(name).title for name in RULES[variant]]
    return f"{', '.join(measures)} (for the skin, and for: {'; '.join(rules)})"
