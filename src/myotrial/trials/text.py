"""A trial definition as a person wants to read it: plain text, wrapped."""

from collections.abc import Iterable, Iterator
from textwrap import fill, wrap

from myotrial.model.condition import describe
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.estimand_text import describe_estimand
from myotrial.trials.outcomes import Outcome
from myotrial.trials.parts import Population, Rule

WIDTH = 80
ROLES = {"primary": "Primary", "secondary": "Secondary", "other": "Other", "unregistered": "Not registered"}
ATTRIBUTES = {
    "treatment": "treatment",
    "population": "population",
    "variable": "variable",
    "intercurrent_events": "intercurrent events",
    "summary": "summary",
    "missing": "missing data",
}
NOTE = "For research; not medical advice."


def render_trial(trial: TrialDefinition, width: int = WIDTH) -> str:
    """Return a whole definition as text: design, arms, visits, populations, rules, and each outcome in two lines.

    Parameters
    ----------
    trial
        The definition.
    width
        Characters in a line.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> print(render_trial(load_trial("NCT05832034")).splitlines()[0])
    NCT05832034 TIME IS MUSCLE
    """
    blocks = [
        _head(trial, width),
        _section("Arms", (_arm(trial, arm.id) for arm in trial.arms), width),
        _section("Visits", _visits(trial), width),
        _section("Populations", (_population(entry) for entry in trial.populations), width),
        _section("Scores and rules", _rules(trial), width),
    ]
    if trial.subgroups:
        blocks.append(_section("Subgroups", (_subgroup(trial, entry.id) for entry in trial.subgroups), width))
    if trial.multiplicity is not None:
        blocks.append(_section("Hypotheses", _hypotheses(trial), width))
    blocks.append(f"Outcomes ({len(trial.outcomes)})")
    blocks += [_short(trial, outcome, width) for outcome in trial.outcomes]
    return "\n\n".join([*blocks, NOTE])


def render_outcome(trial: TrialDefinition, outcome: Outcome, width: int = WIDTH) -> str:
    """Return one outcome in full: as registered, derived, its estimand, summaries, sensitivity analyses, source.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> trial = load_trial("NCT04044690")
    >>> print(render_outcome(trial, trial.outcome("C26")).splitlines()[0])
    C26  Secondary  Percentage of subjects receiving rescue steroid treatment
    """
    lines = wrap(f"{outcome.id}  {ROLES[outcome.role]}  {outcome.name}", width, subsequent_indent="  ")
    if outcome.registered:
        lines += wrap(f"Registered time frame: {outcome.registered.time_frame}", width, subsequent_indent="  ")
    lines += ["", *wrap(outcome.derivation, width), "", "Estimand"]
    lines += _pairs(((ATTRIBUTES[name], text) for name, text in describe_estimand(trial, outcome).items()), width)
    lines += ["", "Summaries"]
    for summary in outcome.summaries:
        lines += wrap(describe_summary(summary), width, initial_indent="  ", subsequent_indent="    ")
    if outcome.pooled:
        lines.append("  and all arms together")
    if outcome.subgroups:
        said = f"within subgroups: {', '.join(outcome.subgroups)}"
        lines += wrap(said, width, initial_indent="  ", subsequent_indent="    ")
    for entry in outcome.sensitivity:
        other = outcome.with_sensitivity(entry)
        told = f"{entry.id}: {entry.label} ({trial.population(other.population).label}; {other.handling()})"
        lines += ["", *wrap(f"Sensitivity  {told}", width, subsequent_indent="  ")]
    if outcome.tipping_point is not None:
        said = "Tipping point: how different the missing would have to be for the conclusion to turn"
        lines += ["", *wrap(said, width, subsequent_indent="  ")]
    source = outcome.source
    said = "; ".join(filter(None, [source.citation, source.where]))
    lines += ["", *wrap(f"Source [{source.status.replace('_', ' ')}]: {said}", width, subsequent_indent="  ")]
    if source.note:
        lines += wrap(source.note, width, initial_indent="  ", subsequent_indent="  ")
    return "\n".join([*lines, "", NOTE])


def _head(trial: TrialDefinition, width: int) -> str:
    design, size = trial.design, trial.sample_size
    masked = f" ({', '.join(who.replace('_', ' ') for who in design.masked)})" if design.masked else ""
    enrolled = f", {size.enrolled} enrolled" if size.enrolled else ""
    how = (design.allocation.replace("_", "-"), design.model.replace("_", " "), f"masking {design.masking}{masked}",
           f"phase {design.phase}")  # fmt: skip
    facts = (
        ("condition", trial.condition),
        ("sponsor", trial.sponsor),
        ("design", ", ".join(how)),
        ("subjects", f"{size.planned} planned{enrolled}"),
    )  # fmt: skip
    name = f"{trial.id} {trial.acronym}" if trial.acronym else trial.id
    return "\n".join([name, *wrap(trial.title, width), "", *_pairs(facts, width)])


def _arm(trial: TrialDefinition, name: str) -> str:
    arm = next(entry for entry in trial.arms if entry.id == name)
    marked = " (reference)" if arm.reference else ""
    return f"{arm.label}{marked}: {arm.description} [{arm.id}, ratio {arm.ratio}]"


def _visits(trial: TrialDefinition) -> Iterator[str]:
    """Yield the weeks of each period, baseline marked."""
    schedule = trial.schedule
    for period in schedule.periods:
        first, last = period.weeks
        weeks = [week for week in schedule.visits if first <= week <= last]
        marked = (f"{week:g}*" if week == schedule.baseline_week else f"{week:g}" for week in weeks)
        how = "masked" if period.masked else "open"
        on = f", all on {trial.arm_label(period.all_on)}" if period.all_on else ""
        yield f"{period.label} ({how}{on}), weeks {first:g} to {last:g}: {' '.join(marked)}"
    yield f"* baseline; week {schedule.baseline_week:g} is day 1"
    if schedule.windows is not None:
        windows = schedule.windows
        yield f"visits count {windows.days_before:g} days before to {windows.days_after:g} after their nominal day"


def _population(entry: Population) -> str:
    parts = []
    if entry.with_visit_after_baseline:
        parts.append("seen after baseline")
    if entry.treated:
        parts.append("with an infusion or a dose of the study treatment")
    if entry.where is not None:
        parts.append(describe(entry.where))
    return f"{entry.label} [{entry.id}]" + (f": {'; '.join(parts)}" if parts else "")


def _rules(trial: TrialDefinition) -> Iterator[str]:
    for name, score in trial.scores.items():
        yield f"{name}: {score.criteria}{_chosen(score.options)}"
    for name, rule in trial.rules.items():
        yield f"{name}: {_rule(rule)}"


def _rule(rule: Rule) -> str:
    if rule.criteria is not None:
        return f"{rule.criteria}{_chosen(rule.options)}"
    confirmed = f", at {rule.confirmed} visits in a row" if rule.confirmed > 1 else ""
    return f"{describe(rule.when)}{confirmed}"


def _chosen(options: dict[str, object]) -> str:
    return f" ({', '.join(f'{name}: {value}' for name, value in options.items())})" if options else ""


def _subgroup(trial: TrialDefinition, name: str) -> str:
    entry = next(each for each in trial.subgroups if each.id == name)
    cuts = f", cut at {', '.join(f'{cut:g}' for cut in entry.cuts)}" if entry.cuts else ""
    return f"{entry.label} [{entry.id}]: {entry.by}{cuts}"


def _hypotheses(trial: TrialDefinition) -> Iterator[str]:
    plan = trial.multiplicity
    assert plan is not None  # noqa: S101  (asked only where there is one)
    yield f"{plan.method.replace('_', ' ')}, alpha {plan.alpha:g} [{plan.source.status.replace('_', ' ')}]"
    for place, test in enumerate(plan.tests):
        yield f"{place + 1}. {test.outcome} {test.statistic.replace('_', ' ')}: {trial.outcome(test.outcome).name}"


def _short(trial: TrialDefinition, outcome: Outcome, width: int) -> str:
    frame = f" [{outcome.registered.time_frame}]" if outcome.registered else ""
    title = f"{outcome.id}  {ROLES[outcome.role]}  {outcome.name}{frame}"
    summaries = ", ".join(dict.fromkeys(summary.kind.replace("_", " ") for summary in outcome.summaries))
    population = trial.population(outcome.population).label
    told = f"{outcome.derivation} In: {population}. Summed up by {summaries}. {outcome.handling().capitalize()}."
    told += f" [{outcome.source.status.replace('_', ' ')}]"
    return "\n".join(
        [*wrap(title, width, subsequent_indent="    "),
         fill(told, width, initial_indent="    ", subsequent_indent="    ")]
    )  # fmt: skip


def _section(title: str, entries: Iterable[str], width: int) -> str:
    lines = [line for entry in entries for line in wrap(entry, width, initial_indent="  ", subsequent_indent="    ")]
    return "\n".join([title, *lines])


def _pairs(pairs: Iterable[tuple[str, str]], width: int) -> list[str]:
    """Return names and texts in two columns."""
    told = list(pairs)
    edge = max(len(name) for name, _ in told) + 4
    return [
        line
        for name, text in told
        for line in wrap(text, width, initial_indent=f"  {name}".ljust(edge), subsequent_indent=" " * edge)
    ]


def describe_summary(summary: object) -> str:
    """Return a summary with what was chosen of it."""
    fields = summary.model_dump(exclude={"kind", "bands"}, exclude_defaults=True)  # type: ignore[attr-defined]
    bands = ", ".join(band.label for band in getattr(summary, "bands", ()))
    chosen = [
        *([bands] if bands else []),
        *(f"{name.replace('_', ' ')} {_said(value)}" for name, value in fields.items()),
    ]
    kind = summary.kind.replace("_", " ")  # type: ignore[attr-defined]
    return f"{kind}: {'; '.join(chosen)}" if chosen else kind


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
