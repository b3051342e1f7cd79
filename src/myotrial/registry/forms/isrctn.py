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
    root = Branch(dict(data), "", Book(contact=_CONTACT))
    build = Builder(TITLE, root)
    trial = root.go("trial") if "trial" in data else root
    described, people = trial.go("trialDescription"), trial.go("participants")
    _identity(build, trial, described)
    _organisations(build, root)
    _dates(build, trial, people)
    _people(build, people)
    _science(build, trial)
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
    summary = described.long_text("plainEnglishSummary")
    build.put(
        main_id=f"ISRCTN{number}" if number and number.isdigit() else number,
        secondary_ids=_some(second),
        source_register=REGISTER,
        url=f"https://www.isrctn.com/ISRCTN{number}" if number and number.isdigit() else None,
        public_title=build.stated(described, "title"),
        scientific_title=build.stated(described, "scientificTitle"),
        acronym=build.stated(described, "acronym"),
        summary=None if summary is None or " ".join(summary.split()).lower().endswith(_NOTHING) else summary,
        description=described.long_text("studyHypothesis"),
        ethics=_ethics(build, described),
    )


def _ethics(build: Builder, described: Branch) -> EthicsReview:
    """Return the review: one committee's answer where there is one, else the register's own sentence."""
    required = build.stated(described, "ethicsApprovalRequired")
    words = build.stated(described, "ethicsApproval")
    for committee in described.each("ethicsCommittees", "ethicsCommittee"):
        if status := committee.text("@approvalStatus"):
            return EthicsReview(status=words or status, approval_date=build.date(committee, "@statusDate"))
    return EthicsReview(status=words or required)


def _organisations(build: Builder, root: Branch) -> None:
    """Set who stands behind the trial; the interface has them beside the trial, not in it."""
    sponsors = _some(item.text("organisation") for item in root.each("sponsor"))
    build.put(
        primary_sponsor=next(iter(sponsors), None),
        secondary_sponsors=sponsors[1:],
        sources_of_support=_some(item.text("name") for item in root.each("funder")),
    )


def _dates(build: Builder, root: Branch, people: Branch) -> None:
    results = root.go("results")
    policies = _some(results.texts("dataPolicies", "dataPolicy"))
    build.put(
        date_registered=build.date(root, "isrctn", "@dateAssigned") or build.date(root, "dateAssigned"),
        date_last_refreshed=build.date(root, "@lastUpdated") or build.date(root, "lastUpdated"),
        date_first_enrolment=build.date(people, "recruitmentStart"),
        date_completion=build.date(root, "trialDesign", "overallEndDate"),
        recruitment_status=build.stated(people, "recruitmentStatusOverride"),
        why_stopped=build.stated(root, "trialDesign", "reasonAbandoned"),
        results=ResultsInfo(
            available=True if (results.text("publicationStage") or "").lower() == "results" else None,
            date_posted=build.date(results, "basicReportDate"),
            summary=results.long_text("plainEnglishReport") or results.long_text("basicReport"),
        ),
        data_sharing=DataSharing(
            plan=root.text("miscellaneous", "ipdSharingPlan") or "; ".join(policies) or None,
            description=results.long_text("ipdSharingStatement"),
        ),
    )


def _people(build: Builder, people: Branch) -> None:
    build.criteria_apart(_known(people, "inclusion"), _known(people, "exclusion"))
    number, words, groups = build.size(people, "targetEnrolment")
    final, _, _ = build.size(people, "totalFinalEnrolment")
    if final == 0:  # stored from the day of registration on
        final = None
        build.book.notes.append("the final enrolment is stored as 0, which the register does before there is one")
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
    detail = design.go("interventionalTrialDesign") or design.go("observationalTrialDesign")
    kinds = design.texts("trialTypes", "trialType") or detail.texts("purposes", "purpose")
    parts = {
        "allocation": detail.text("allocation"),
        "intervention_model": detail.text("assignment"),
        "masking": detail.text("masking"),
        "primary_purpose": ", ".join(kinds) or None,
    }
    build.design(parts, text=build.stated(design, "studyDesign"))
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
