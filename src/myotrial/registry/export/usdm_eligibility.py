"""Criteria as USDM eligibility criteria, and the people planned."""

from collections.abc import Sequence
from itertools import pairwise

from myotrial.registry.ages import Age
from myotrial.registry.comparators import LostComparator
from myotrial.registry.criteria_items import CriterionItem, list_criteria_items
from myotrial.registry.export.usdm_builder import Builder, Instance, paragraph
from myotrial.registry.record import TrialRecord

_SHORT = {"inclusion": "IN", "exclusion": "EX"}


def write_criteria(build: Builder, record: TrialRecord) -> tuple[list[Instance], list[Instance], list[Instance]]:
    """Return criteria, their items, and narrative content for what stands under no heading.

    USDM has no nesting: an item of the highest level becomes a criterion, and what is nested under it a list in its
    text, so that "any of the following" keeps its list.
    """
    items = list_criteria_items(record)
    criteria: list[Instance] = []
    texts: list[Instance] = []
    for kind, short in _SHORT.items():
        tops = [item for item in items if item.kind == kind and item.parent is None]
        made = []
        for number, top in enumerate(tops, 1):
            name = f"{short}{number:02d}"
            text = build.make(
                "EligibilityCriterionItem",
                name=name,
                text=paragraph(top.text) + _list(top, items),
                dictionaryId=None,
                notes=_lost(build, record, _family(top, items)),
            )
            texts.append(text)
            made.append(
                build.make(
                    "EligibilityCriterion",
                    name=name,
                    category=build.code("category", kind),
                    identifier=name,
                    criterionItemId=text["id"],
                    previousId=None,
                    nextId=None,
                    notes=[],
                )
            )
        criteria += made
    _chain(criteria)
    return criteria, texts, _without_heading(build, items)


def write_population(build: Builder, record: TrialRecord, criteria: Sequence[Instance]) -> Instance:
    """Return the planned population."""
    healthy = _healthy(record.healthy_volunteers)
    if healthy is None:
        build.note("includesHealthySubjects: not stated; USDM asks for yes or no, so it is written as no")
    size = None
    if record.target_size is not None:
        size = build.make("Quantity", value=record.target_size, unit=None)
    if record.target_groups:
        build.note(f"target size by group is not held: {record.target_size_text}")
    sexes = {"all": ("female", "male"), "female": ("female",), "male": ("male",), None: ()}[record.sex]
    return build.make(
        "StudyDesignPopulation",
        name="POP1",
        label="Planned population",
        description=_ages(record),
        includesHealthySubjects=bool(healthy),
        plannedEnrollmentNumber=size,
        plannedCompletionNumber=None,
        plannedSex=[build.code("sex", sex) for sex in sexes],
        criterionIds=[criterion["id"] for criterion in criteria],
        plannedAge=_age_range(build, record),
        notes=[],
        cohorts=[],
    )


def _age_range(build: Builder, record: TrialRecord) -> Instance | None:
    ends = (record.age_minimum, record.age_maximum)
    units = [end.unit if end and end.value is not None else None for end in ends]
    if not any(ends):
        return None
    if None in units or any(build.known("age_unit", unit) is None for unit in units):
        build.note(f"planned age: USDM's range needs both ends with units; held in words only: {_ages(record)}")
        return None
    low, high = (_quantity(build, end) for end in ends)
    return build.make("Range", minValue=low, maxValue=high, isApproximate=False)


def _quantity(build: Builder, age: Age | None) -> Instance:
    assert age is not None and age.unit is not None  # noqa: S101, PT018  (the caller has looked)
    return build.make("Quantity", value=age.value, unit=build.alias("age_unit", age.unit))


def _ages(record: TrialRecord) -> str | None:
    ends = [age.text if age else "not stated" for age in (record.age_minimum, record.age_maximum)]
    return f"Age {ends[0]} to {ends[1]}" if record.age_minimum or record.age_maximum else None


def _healthy(words: str | None) -> bool | None:
    plain = (words or "").casefold().strip(" .")
    if plain in {"no", "false", "does not accept healthy volunteers", "healthy volunteers not accepted"}:
        return False
    return True if plain in {"yes", "true", "accepts healthy volunteers"} else None


def _family(top: CriterionItem, items: Sequence[CriterionItem]) -> list[CriterionItem]:
    """Return an item and everything nested under it."""
    held = {top.position}
    family = [top]
    for item in items:
        if item.parent in held:
            held.add(item.position)
            family.append(item)
    return family


def _list(parent: CriterionItem, items: Sequence[CriterionItem]) -> str:
    below = [item for item in items if item.parent == parent.position]
    if not below:
        return ""
    return "<ul>" + "".join(f"<li>{paragraph(item.text)}{_list(item, items)}</li>" for item in below) + "</ul>"


def _lost(build: Builder, record: TrialRecord, family: Sequence[CriterionItem]) -> list[Instance]:
    """Return a remark for each sign of an item that the copy lost."""
    signs = [sign for sign in record.lost_comparators if any(_within(sign, item) for item in family)]
    return [build.make("CommentAnnotation", text=_sign_words(sign), codes=[]) for sign in signs]


def _within(sign: LostComparator, item: CriterionItem) -> bool:
    return sign.outcome is None and sign.path == item.path and item.start <= sign.start < item.end


def _sign_words(sign: LostComparator) -> str:
    known = f"; {sign.resolution.comparator} ({sign.resolution.status})" if sign.resolution else ""
    return f'The "=" in "{sign.context}" was {" or ".join(sign.candidates)} before this copy was made{known}'


def _chain(criteria: Sequence[Instance]) -> None:
    for one, other in pairwise(criteria):
        one["nextId"], other["previousId"] = other["id"], one["id"]


def _without_heading(build: Builder, items: Sequence[CriterionItem]) -> list[Instance]:
    """Return criteria whose kind is not stated as narrative content: USDM has no place for them among the criteria."""
    loose = [item for item in items if item.kind == "not_stated"]
    if not loose:
        return []
    build.note(f"{len(loose)} criteria stand under no heading, inclusion or exclusion: they are narrative content")
    text = "".join(paragraph(item.text) for item in loose)
    return [build.make("NarrativeContentItem", name="Criteria under no heading", text=text)]
