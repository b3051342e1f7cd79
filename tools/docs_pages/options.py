"""The choices that no source settles, as a table."""

from collections.abc import Mapping

from evidence.text import default_of, plain, table

from myotrial.model.options import Option


def render_options(options: Mapping[str, Option]) -> str:
    """Return the options of a rule or an instrument with their defaults, or a sentence where there are none."""
    if not options:
        return "No option: its sources settle everything."
    return table(
        ("option", "what it settles", "default", "other choices"),
        (
            (f"`{name}`", option.label, default_of(option, stated=False), _others(option))
            for name, option in options.items()
        ),
    )


def _others(option: Option) -> str:
    if option.choices:
        return "; ".join(f"{plain(key)}: {text}" for key, text in option.choices.items() if key != option.default)
    if isinstance(option.default, int | float) and not isinstance(option.default, bool):
        return f"{option.low:g} to {option.high:g}"
    return "any of its kind"
