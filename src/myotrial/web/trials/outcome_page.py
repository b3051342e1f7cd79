"""``/trials/<id>/outcomes/<outcome>``: one outcome in full, and how to have the same from the command line."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from myotrial.report.sources import STATUS, source_words
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.estimand_text import describe_estimand, estimand_text
from myotrial.trials.estimands import NAMES
from myotrial.trials.outcomes import Outcome
from myotrial.trials.text import ATTRIBUTES, describe_summary
from myotrial.trials.variables import EVENTS
from myotrial.web.pages import show_page
from myotrial.web.trials.answers import DATA, PAGE, Name, Told
from myotrial.web.trials.held import look_up

router = APIRouter()

OutcomeId = Annotated[str, Path(max_length=60)]


class Handling(Told):
    """A way to analyse an outcome: who is counted, how events (by strategy) and missing values are handled."""

    id: str
    label: str
    population: str
    events: dict[str, tuple[str, ...]]
    missing: str
    summaries: tuple[str, ...]


class OutcomeData(Told):
    """An outcome as its page shows it.

    Attributes
    ----------
    trial, trial_sha256
        The definition, and the hash of what it says.
    outcome
        The outcome as the definition has it.
    estimand, sentence
        The attributes of its estimand, and the same as one sentence.
    weeks
        The visits at which it is judged.
    main, sensitivity
        How it is analysed, and in which other ways.
    command, python
        How to have the same without this page.
    """

    trial: str
    trial_sha256: str
    outcome: Outcome
    estimand: dict[str, str]
    sentence: str
    weeks: tuple[float, ...]
    main: Handling
    sensitivity: tuple[Handling, ...]
    command: str
    python: str


@router.get("/trials/{name:path}/outcomes/{outcome}.json", responses=DATA)
def show_outcome_as_json(name: Name, outcome: OutcomeId) -> OutcomeData:
    """Return an outcome as data, with its estimand and every way in which it is analysed."""
    return _data(*_find(name, outcome))


@router.get("/trials/{name:path}/outcomes/{outcome}", response_class=HTMLResponse, responses=PAGE)
def show_outcome(name: Name, outcome: OutcomeId) -> HTMLResponse:
    """Show an outcome in full: as registered, how it is derived, its estimand, its analyses, where it is from."""
    trial, chosen = _find(name, outcome)
    names = [each.id for each in trial.outcomes]
    at = names.index(chosen.id)
    return show_page(
        "trials/outcome.html", "/trials", trial=trial, outcome=chosen, data=_data(trial, chosen), names=ATTRIBUTES,
        subgroups=[each for each in trial.subgroups if each.id in chosen.subgroups], statuses=STATUS,
        source=source_words(chosen.source), before=names[at - 1] if at else None,
        after=names[at + 1] if at + 1 < len(names) else None,
    )  # fmt: skip


def _find(name: str, outcome: str) -> tuple[TrialDefinition, Outcome]:
    trial = look_up(name, None).definition
    found = next((each for each in trial.outcomes if each.id == outcome), None) if trial else None
    if trial is None or found is None:
        raise HTTPException(404, "There is no such outcome.")
    return trial, found


def _data(trial: TrialDefinition, outcome: Outcome) -> OutcomeData:
    return OutcomeData(
        trial=trial.id,
        trial_sha256=trial.sha256(),
        outcome=outcome,
        estimand=describe_estimand(trial, outcome),
        sentence=estimand_text(trial, outcome),
        weeks=tuple(trial.weeks_of(outcome)),
        main=_handling(trial, outcome, "main", "As defined"),
        sensitivity=tuple(
            _handling(trial, outcome.with_sensitivity(entry), entry.id, entry.label) for entry in outcome.sensitivity
        ),
        command=f"myotrial trials show {trial.id} --outcome {outcome.id}",
        python=(
            "import myotrial as mt\nfrom myotrial.trials.text import render_outcome\n\n"
            f'trial = mt.load_trial("{trial.id}")\nprint(render_outcome(trial, trial.outcome("{outcome.id}")))'
        ),
    )


def _handling(trial: TrialDefinition, outcome: Outcome, name: str, label: str) -> Handling:
    imputed = outcome.imputation
    how = f" ({imputed.method.replace('_', ' ')}, {imputed.draws} draws, seed {imputed.seed})" if imputed else ""
    return Handling(
        id=name,
        label=label,
        population=trial.population(outcome.population).label,
        events=_events(outcome),
        missing=outcome.missing_rule.replace("_", " ") + how,
        summaries=tuple(describe_summary(summary) for summary in outcome.summaries),
    )


def _events(outcome: Outcome) -> dict[str, tuple[str, ...]]:
    """Return the intercurrent events by the strategy that handles them; one that is not named is treatment policy."""
    found: dict[str, tuple[str, ...]] = {}
    for event in EVENTS:
        strategy = NAMES[outcome.intercurrent.get(event, "treatment_policy")]
        found[strategy] = (*found.get(strategy, ()), event.replace("_", " "))
    return found
