"""ClinicalTrials.gov: the JSON of its API, version 2, and the older JSON of the same fields under other names."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from myotrial.model.data import load_data
from myotrial.registry.building import Builder
from myotrial.registry.parts import Arm, DataSharing, EthicsReview, Intervention, ResultsInfo, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.tree import Book, Branch, Moved

TITLE = "ClinicalTrials.gov JSON (API version 2)"
CLASSIC = "ClinicalTrials.gov JSON (before 2024)"
REGISTER = "ClinicalTrials.gov"
ADDRESS = "https://clinicaltrials.gov/study/"
_ID = re.compile(r"NCT\d{8}")
_CONTACT = re.compile(
    r"centralContacts?\b|overallOfficials?\.(?:name|role)\b|locations\.contacts|pointOfContact\."
    r"|responsibleParty\.(?:investigator(?:FullName|Title)|oldNameTitle)|unpostedResponsibleParty"
    r"|CentralContact|OverallOfficial(?:Name|Role)\b|LocationContact|PointOfContact"
    r"|ResponsibleParty(?:InvestigatorFullName|InvestigatorTitle|OldNameTitle)"
)
_ROLES: tuple[tuple[Role, str], ...] = (
    ("primary", "primaryOutcomes"), ("secondary", "secondaryOutcomes"), ("other", "otherOutcomes")
)  # fmt: skip
_ACTUAL = "actual"


def recognises(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a study of the API, version 2."""
    return isinstance(data.get("protocolSection"), dict) or isinstance(data.get("identificationModule"), dict)


def recognises_classic(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a study of the older API."""
    study = data.get("Study")
    return isinstance(data.get("ProtocolSection"), dict) or (isinstance(study, dict) and not recognises(study))


def read(data: Mapping[str, Any]) -> TrialRecord:
    """Read a study of the API, version 2."""
    return _read(dict(data), TITLE)


def read_classic(data: Mapping[str, Any]) -> TrialRecord:
    """Read a study of the older API: the same fields, each under the name it had there."""
    return _read(_renamed(data), CLASSIC)


def _read(data: Mapping[str, Any], form: str) -> TrialRecord:
    root = Branch(data, "", Book(contact=_CONTACT, markdown=form == TITLE))
    build = Builder(form, root)
    protocol = root.go("protocolSection") if "protocolSection" in data else root
    _identity(build, protocol)
    _status(build, protocol.go("statusModule"), root)
    _design(build, protocol.go("designModule"))
    _arms(build, protocol.go("armsInterventionsModule"))
    _outcomes(build, protocol.go("outcomesModule"))
    _eligibility(build, protocol.go("eligibilityModule"))
    _places(build, protocol.go("contactsLocationsModule"))
    sharing = protocol.go("ipdSharingStatementModule")
    build.put(
        data_sharing=DataSharing(
            plan=sharing.text("ipdSharing"), description=sharing.long_text("description"), url=sharing.text("url")
        ),
        ethics=EthicsReview(),
    )
    return build.record()


def _identity(build: Builder, protocol: Branch) -> None:
    names, sponsors = protocol.go("identificationModule"), protocol.go("sponsorCollaboratorsModule")
    main = names.text("nctId")
    second = [names.text("orgStudyIdInfo", "id"), *(info.text("id") for info in names.each("secondaryIdInfos"))]
    second += list(names.texts("nctIdAliases"))
    build.put(
        main_id=main,
        secondary_ids=tuple(dict.fromkeys(text for text in second if text)),
        source_register=REGISTER,
        url=f"{ADDRESS}{main}" if main and _ID.fullmatch(main) else None,
        public_title=names.text("briefTitle"),
        scientific_title=names.text("officialTitle"),
        acronym=names.text("acronym"),
        summary=protocol.go("descriptionModule").long_text("briefSummary"),
        description=protocol.go("descriptionModule").long_text("detailedDescription"),
        conditions=protocol.texts("conditionsModule", "conditions"),
        keywords=protocol.texts("conditionsModule", "keywords"),
        primary_sponsor=sponsors.text("leadSponsor", "name"),
        secondary_sponsors=_some(item.text("name") for item in sponsors.each("collaborators")),
        sources_of_support=(),
    )


def _status(build: Builder, status: Branch, root: Branch) -> None:
    first = build.date(status, "studyFirstSubmitDate")
    posted = build.date(status, "resultsFirstPostDateStruct", "date")
    has = root.text("hasResults")
    build.put(
        date_registered=first,
        date_first_enrolment=build.date(status, "startDateStruct", "date"),
        date_primary_completion=build.date(status, "primaryCompletionDateStruct", "date"),
        date_completion=build.date(status, "completionDateStruct", "date"),
        date_last_refreshed=build.date(status, "lastUpdatePostDateStruct", "date"),
        recruitment_status=status.text("overallStatus"),
        why_stopped=status.long_text("whyStopped"),
        results=ResultsInfo(
            available={"true": True, "false": False}.get(has or "", True if posted else None), date_posted=posted
        ),
    )


def _design(build: Builder, design: Branch) -> None:
    info = design.go("designInfo")
    build.put(study_type=design.text("studyType"), phase="/".join(design.texts("phases")) or None)
    names = ("allocation", "intervention_model", "observational_model", "time_perspective", "primary_purpose")
    fields = ("allocation", "interventionModel", "observationalModel", "timePerspective", "primaryPurpose")
    parts = {name: info.text(field) for name, field in zip(names, fields, strict=True)}
    parts["masking"] = info.text("maskingInfo", "masking")
    build.design(parts, info.texts("maskingInfo", "whoMasked"))
    number, words, groups = build.size(design, "enrollmentInfo", "count")
    kind = (design.text("enrollmentInfo", "type") or "").lower()
    if kind == _ACTUAL:
        build.put(enrolled=number)
    else:
        build.put(target_size=number, target_size_text=words, target_groups=groups)


def _arms(build: Builder, module: Branch) -> None:
    build.put(
        arms=tuple(
            Arm(
                label=label,
                type=arm.text("type"),
                description=arm.long_text("description"),
                interventions=arm.texts("interventionNames"),
            )
            for arm in module.each("armGroups")
            if (label := arm.text("label"))
        ),
        interventions=tuple(
            Intervention(
                type=item.text("type"),
                name=name,
                description=item.long_text("description"),
                other_names=item.texts("otherNames"),
                arms=item.texts("armGroupLabels"),
            )
            for item in module.each("interventions")
            if (name := item.text("name"))
        ),
    )


def _outcomes(build: Builder, module: Branch) -> None:
    for role, name in _ROLES:
        for item in module.each(name):
            if title := item.passage("measure"):
                build.outcome(role, title, item.text("timeFrame"), item.long_text("description"))


def _eligibility(build: Builder, module: Branch) -> None:
    build.criteria(module.passage("eligibilityCriteria"))
    build.put(
        age_minimum=build.age(module, "minimumAge"),
        age_maximum=build.age(module, "maximumAge"),
        sex=build.sex(module, "sex"),
        healthy_volunteers=module.text("healthyVolunteers"),
    )


def _places(build: Builder, module: Branch) -> None:
    officials = _some(item.text("affiliation") for item in module.each("overallOfficials"))
    build.put(
        countries=_some(item.text("country") for item in module.each("locations")),
        contact_affiliations=officials,
        scientific_contact=officials,
    )


def _some(texts: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


@cache
def _pieces() -> dict[str, list[str]]:
    pieces = load_data("registry", "ctgov_pieces.yaml")["pieces"]
    return {piece.lower(): path.split(".") for piece, path in pieces.items()}


def _renamed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the older JSON as a tree of the newer names; a field without a newer name keeps its own."""
    tree: dict[str, Any] = {}
    for path, text in _flat(data, ()):
        piece = next((part for part in reversed(path) if isinstance(part, str)), "")
        leaf = Moved(text)
        leaf.origin = _written(path)
        newer = _pieces().get(piece.lower())
        places = [part for part in path if isinstance(part, int)]
        if "FullStudies" in path:
            places = places[1:]
        if newer and sum(name.endswith("[]") for name in newer) == len(places):
            _plant(tree, newer, places, leaf)
        else:
            tree.setdefault("only in the older form", {})[leaf.origin] = leaf
    return tree


def _plant(tree: dict[str, Any], names: list[str], places: list[int], leaf: str) -> None:
    here: Any = tree
    left = iter(places)
    steps: list[str | int] = []
    for name in names:
        steps.append(name.removesuffix("[]"))
        if name.endswith("[]"):
            steps.append(next(left))
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        fresh: Any = leaf if after is None else [] if isinstance(after, int) else {}
        if isinstance(here, list):
            while len(here) <= int(step):
                here.append(None)
            if here[int(step)] is None or after is None:
                here[int(step)] = fresh
        else:
            here.setdefault(step, fresh)
        here = here[step]


def _flat(data: Any, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], str]]:
    if isinstance(data, Mapping):
        return [row for name, below in data.items() for row in _flat(below, (*path, name))]
    if isinstance(data, list):
        return [row for place, below in enumerate(data) for row in _flat(below, (*path, place))]
    return [] if data is None else [(path, str(data))]


def _written(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
