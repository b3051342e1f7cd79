"""The ISRCTN registry: its JSON, and the XML of its interface, which has the same names."""

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from myotrial.registry.building import Builder
from myotrial.registry.parts import DataSharing, EthicsReview, Intervention, ResultsInfo, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.tree import Book, Branch

TITLE = "ISRCTN record (JSON or XML)"
REGISTER = "ISRCTN"
_CONTACT = re.compile(
    r"(?:^|\.)contacts?\.(?!organisation)|contactDetails|(?:fore|sur|first|last)name|orcid|privacy|contact\.title",
    re.IGNORECASE,
)
_NOTHING = "not provided at time of registration"
_NUMBERED = re.compile(r"(?m)^\s*\d{1,2}(?:\.\d{1,2})*[.)]\s+")
_OUTCOMES: tuple[tuple[Role, str, str], ...] = (
    ("primary", "primaryOutcome", "primaryOutcomes"), ("secondary", "secondaryOutcome", "secondaryOutcomes")
)  # fmt: skip


def recognises(data: Mapping[str, Any]) -> bool:
    """Whether named fields are a trial of ISRCTN."""
    trial = data.get("trial", data)
    return isinstance(trial, Mapping) and "isrctn" in trial and "trialDescription" in trial


def read(data: Mapping[str, Any]) -> TrialRecord:
    """Read a trial of ISRCTN."""
    root = Branch(dict(data.get("trial", data)), "", Book(contact=_CONTACT))
    build = Builder(TITLE, root)
    described, people = root.go("trialDescription"), root.go("participants")
    _identity(build, root, described)
    _dates(build, root, people)
    _people(build, people)
    _science(build, root)
    _outcomes(build, described)
    return build.record()


def _identity(build: Builder, root: Branch, described: Branch) -> None:
    number, refs = root.text("isrctn"), root.go("externalRefs")
    second = [
        build.stated(refs, name)
        for name in ("eudraCTNumber", "clinicalTrialsGovNumber", "protocolSerialNumber", "irasNumber")
    ]
    second += list(refs.texts("secondaryNumbers", "secondaryNumber"))
    second += [refs.text("doi")]
    sponsors = _some(item.text("organisation") for item in root.each("sponsor"))
    funders = _some(item.text("name") for item in root.each("funder"))
    build.put(
        main_id=f"ISRCTN{number}" if number and number.isdigit() else number,
        secondary_ids=_some(second),
        source_register=REGISTER,
        url=f"https://www.isrctn.com/ISRCTN{number}" if number and number.isdigit() else None,
        public_title=build.stated(described, "title"),
        scientific_title=build.stated(described, "scientificTitle"),
        acronym=build.stated(described, "acronym"),
        summary=described.long_text("plainEnglishSummary"),
        description=described.long_text("studyHypothesis"),
        primary_sponsor=next(iter(sponsors), None),
        secondary_sponsors=sponsors[1:],
        sources_of_support=funders,
        ethics=EthicsReview(
            status=build.stated(described, "ethicsApproval") or build.stated(described, "ethicsApprovalRequired")
        ),
    )


def _dates(build: Builder, root: Branch, people: Branch) -> None:
    results = root.go("results")
    build.put(
        date_registered=build.date(root, "isrctn", "@dateAssigned") or build.date(root, "dateAssigned"),
        date_last_refreshed=build.date(root, "@lastUpdated") or build.date(root, "lastUpdated"),
        date_first_enrolment=build.date(people, "recruitmentStart"),
        date_completion=build.date(root, "trialDesign", "overallEndDate"),
        recruitment_status=build.stated(people, "recruitmentStatusOverride"),
        results=ResultsInfo(
            available=True if (results.text("publicationStage") or "").lower() == "results" else None,
            date_posted=build.date(results, "basicReportDate"),
            summary=results.long_text("plainEnglishReport") or results.long_text("basicReport"),
        ),
        data_sharing=DataSharing(
            plan=root.text("miscellaneous", "ipdSharingPlan"),
            description=results.long_text("ipdSharingStatement"),
        ),
    )


def _people(build: Builder, people: Branch) -> None:
    build.criteria_apart(_known(people, "inclusion"), _known(people, "exclusion"))
    number, words, groups = build.size(people, "targetEnrolment")
    final, _, _ = build.size(people, "totalFinalEnrolment")
    build.put(
        target_size=number,
        target_size_text=words,
        target_groups=groups,
        enrolled=final,
        countries=people.texts("recruitmentCountries", "country"),
        age_minimum=build.age(people, "lowerAgeLimit"),
        age_maximum=build.age(people, "upperAgeLimit"),
        sex=build.sex(people, "gender"),
        healthy_volunteers=people.text("healthyVolunteersAllowed"),
    )


def _science(build: Builder, root: Branch) -> None:
    design = root.go("trialDesign")
    kinds = design.texts("trialTypes", "trialType")
    build.design({"primary_purpose": ", ".join(kinds) or None}, text=build.stated(design, "studyDesign"))
    given = root.each("interventions", "intervention")
    phases = _some(build.stated(item, "phase") for item in given)
    build.put(
        study_type=design.text("primaryStudyDesign"),
        phase="/".join(phases) or None,
        conditions=_some(item.text("description") for item in root.each("conditions", "condition")),
        interventions=tuple(
            Intervention(
                type=item.text("interventionType"),
                name=build.stated(item, "drugNames") or " ".join((item.long_text("description") or "").split()),
                description=item.long_text("description"),
            )
            for item in given
            if item.go("description") or item.go("drugNames")
        ),
    )


def _outcomes(build: Builder, described: Branch) -> None:
    for role, name, newer in _OUTCOMES:
        listed = [item for item in described.each(newer) if isinstance(item.data, Mapping)]
        for item in [place for group in listed for place in (group.each("outcomeMeasure") or [group])]:
            title = item.passage("variable")
            if title:
                build.outcome(role, title, item.text("timepoints") or item.text("timepoint"), item.text("method"))
        passage = _known(described, name)
        if passage is None or passage.text.lower().startswith(_NOTHING):
            continue
        starts = [found.start() for found in _NUMBERED.finditer(passage.text)]
        edges = [0, len(passage.text)] if len(starts) < 2 else [*starts, len(passage.text)]
        if len(starts) > 1 and passage.text[: starts[0]].strip():
            edges = [0, *edges]
        for start, end in itertools.pairwise(edges):
            build.outcome_line(role, passage, start, end)


def _known(at: Branch, name: str) -> Any:
    passage = at.passage(name)
    return None if passage is None or passage.text.lower() == _NOTHING else passage


def _some(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text and text.lower() != _NOTHING))
