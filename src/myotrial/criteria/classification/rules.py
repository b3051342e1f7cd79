"""Classifications as data: groups of facts, categories in order, options, and the weights of a score."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import Field

from myotrial.criteria.classification.fill import Resolved, fill, fill_rule
from myotrial.model.data import data_file, data_sha256, load_data
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.options import Option, settle
from myotrial.model.source import Record, Source

FOLDER = "classification"
FACTS = "facts.yaml"


class Group(Record):
    """What several facts say together; its rule may leave a choice to an option."""

    label: str
    rule: Any
    source: Source


class Category(Record):
    """A category and its rule over the groups; the rule and its source may leave a choice to an option."""

    name: str
    rule: Any
    source: Any


class AgeBand(Record):
    """What an age at onset gives; ``flag`` is the fact that says so."""

    id: str
    flag: str | None
    no_biopsy: float
    biopsy: float


class Ages(Record):
    """The items of age, of which one at most is given."""

    label: str
    source: Source
    bands: tuple[AgeBand, ...]


class Item(Record):
    """A yes/no item and what it gives; ``None`` where it is not counted."""

    id: str
    no_biopsy: float | None
    biopsy: float
    source: Source


class Conflict(Record):
    """A score at which the published cut-offs and the probability part."""

    path: str
    score: float
    by_score: str
    by_probability: str


class ScoreRule(Record):
    """A sum of weights, its cut-offs and its probability."""

    ages: Ages
    items: tuple[Item, ...]
    tiers: tuple[str, ...]
    cut_offs: dict[str, tuple[float, ...]]
    cut_offs_source: Source
    probabilities: tuple[float, ...]
    midpoints: dict[str, float]
    formula: str
    formula_source: Source
    conflicts: tuple[Conflict, ...]
    entry: str
    entry_source: Source
    advice_source: Source


class Classification(Record):
    """One classification of subjects.

    Attributes
    ----------
    id, title
        Its name, for example ``bohan-peter-1975``.
    sources
        Where its parts were read, and how sure each is.
    groups
        What the facts are gathered into.
    categories
        In the order in which they are tried: the first that holds is the subject's.
    otherwise
        The category where none holds.
    labels
        Longer names of categories, where there are any.
    options
        What no source settles, with the defaults.
    agents
        The treatments that count, where the rule is about treatments.
    hint
        A rule computed beside what a physician states.
    score
        Weights and cut-offs, where there is a score.
    sha256, facts_sha256
        The hashes of its data file and of the file that lists the facts.
    """

    id: str
    title: str
    sources: dict[str, Source]
    groups: dict[str, Group]
    categories: tuple[Category, ...]
    otherwise: str
    labels: dict[str, str] = Field(default_factory=dict)
    options: dict[str, Option] = Field(default_factory=dict)
    agents: tuple[str, ...] = ()
    hint: Group | None = None
    score: ScoreRule | None = None
    sha256: str
    facts_sha256: str

    def settle(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """Return every option with the value to use: what was chosen, else the default.

        Raises
        ------
        BadInput
            An option that is not known, or a value that is not possible.
        """
        return settle(self.id, self.options, chosen)

    def resolve(self, settled: Mapping[str, Any]) -> Resolved:
        """Return the rules as they are under the options."""
        values = {**settled, "agents": list(self.agents)}
        groups = {name: fill_rule(group.rule, values) for name, group in self.groups.items()}
        categories = {category.name: fill_rule(category.rule, values) for category in self.categories}
        hint = None if self.hint is None else fill_rule(self.hint.rule, values)
        return Resolved(groups=groups, categories=categories, otherwise=self.otherwise, hint=hint)

    def recalled(self, settled: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what the rule under these options rests on and nobody re-read: printed with every result."""
        used = [Source(**fill(category.source, settled)) for category in self.categories]
        used += self.sources.values() if self.score else []
        told = [f"recalled: {source.citation}: {source.where}" for source in used if source.status == "recalled"]
        return tuple(dict.fromkeys(told))


@cache
def _files() -> dict[str, str]:
    names = sorted(file.name for file in data_file(FOLDER).iterdir() if file.name.endswith(".yaml"))
    return {load_data(FOLDER, name)["id"]: name for name in names if name != FACTS}


def list_classifications() -> tuple[str, ...]:
    """Return the names of all classifications.

    Examples
    --------
    >>> list_classifications()[:3]
    ('antisynthetase', 'bohan-peter-1975', 'cancer-associated')
    """
    return tuple(_files())


@cache
def load_classification(name: str) -> Classification:
    """Return a classification by name.

    Raises
    ------
    BadInput
        No classification has this name.

    Examples
    --------
    >>> load_classification("imnm-enmc-2016").otherwise
    'not IMNM'
    """
    file = _files().get(name)
    if file is None:
        known = list_classifications()
        raise BadInput([Fault("unknown_classification", "no classification has this name", got=name,
                              expected=", ".join(known), hint=did_you_mean(name, known))])  # fmt: skip
    return Classification(
        **load_data(FOLDER, file), sha256=data_sha256(FOLDER, file), facts_sha256=data_sha256(FOLDER, FACTS)
    )
