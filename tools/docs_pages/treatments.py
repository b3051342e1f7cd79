"""Glucocorticoid equivalents and what is open about adverse events."""

from evidence.text import table

from docs_pages.options import render_options
from myotrial.instruments.treatments.glucocorticoid_table import FILE, load_equivalents
from myotrial.model.data import load_data
from myotrial.model.options import Option

EVENTS = ("treatments", "adverse-events.yaml")


def render() -> str:
    """Return the table of doses with its options, and the options of tapers and adverse events."""
    doses, events = load_data(*FILE), load_data(*EVENTS)
    parts = ["## Glucocorticoids", f"{doses['title']}; counted where given {' or '.join(doses['routes']['counted'])}."]
    for held in doses["tables"]:
        parts += [f"### {held['id']}", held["title"] + ".", _drugs(held["id"])]
    parts += [
        "### Options of doses", render_options(_options(doses["options"])),
        "### Options of tapers", render_options(_options(doses["course_options"])),
        "## Adverse events", f"{events['title']}. Severities: {', '.join(events['severities']['ascending'])}.",
        "An event is treatment-emergent by the first case that fits:", _cases(events),
        render_options(_options(events["options"])),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _drugs(name: str) -> str:
    factors = load_equivalents(name).factors
    return table(
        ("drug", "mg of prednisone that 1 mg is worth"),
        ((drug, f"{float(worth):.4g}") for drug, worth in factors.items()),
    )


def _cases(events: dict[str, dict[str, list[dict[str, object]]]]) -> str:
    cases = events["treatment_emergent"]["cases"]
    return table(("when", "treatment-emergent"), ((str(case["when"]), _answer(case["emergent"])) for case in cases))


def _answer(emergent: object) -> str:
    return {True: "yes", False: "no"}.get(emergent, "not known") if isinstance(emergent, bool) else "not known"


def _options(held: dict[str, dict[str, object]]) -> dict[str, Option]:
    return {name: Option.model_validate(fields) for name, fields in held.items()}
