"""The EU Clinical Trials Information System (CTIS): the JSON of both generations of its public portal."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from myotrial.model.data import load_data
from myotrial.registry.building import Builder
from myotrial.registry.dates import PartialDate, read_date
from myotrial.registry.parts import DataSharing, Intervention, Passage, ResultsInfo, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.single_lines import is_count, read_yes_or_no
from myotrial.registry.tree import Book, Branch, join

TITLE = "EU CTIS JSON"
REGISTER = "EU Clinical Trials Information System (CTIS)"
ADDRESS = "https://euclinicaltrials.eu/ctis-public/view/"
_NUMBER = re.compile(r"\d{4}-5\d{5}-\d{2}(?:-\d{2})?")
_CONTACT = re.compile(
    r"(?:public|scientific)Contacts?\.(?!organisation\.name)|contactPoint|\.person\.|personInfo|responsiblePerson"
    r"|(?:first|last|middle)Name|investigator|functionalName|addressLine|\.oneLine|phoneNumber|departmentName",
    re.IGNORECASE,
)
_ENDPOINTS: tuple[tuple[Role, str], ...] = (("primary", "primaryEndPoints"), ("secondary", "secondaryEndPoints"))


def recognises(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a trial of CTIS."""
    return "ctNumber" in data and any(
        name in data for name in ("ctStatus", "authorizedApplication", "applications", "authorizedPartI")
    )


def read(data: Mapping[str, Any]) -> TrialRecord:
    """Read a trial of CTIS."""
    root = Branch(dict(data), "", Book(contact=_CONTACT))
    build = Builder(TITLE, root)
    newer = root.go("authorizedApplication")
    application = newer or root
    part = application.go("authorizedPartI")
    if not part:
        part = root.go("applications", "partI")
    countries = application.each("authorizedPartsII") or root.each("memberStatesConcerned")
    details = part.go("trialDetails")
    _identity(build, details, part)
    _people(build, root, part, countries)
    _status(build, root, details.go("trialInformation"), countries)
    _science(build, details.go("trialInformation"), part)
    return build.record()


def _identity(build: Builder, details: Branch, part: Branch) -> None:
    root, ids = build.root, details.go("clinicalTrialIdentifiers")
    main = root.text("ctNumber")
    others = ids.go("secondaryIdentifyingNumbers")
    second = [others.text(name, "number") for name in ("nctNumber", "isrctnNumber", "whoUniversalTrialNumber")]
    second += [other.text("number") for other in others.each("additionalRegistries")]
    second += [others.text("sponsorProtocolCode"), root.text("eudraCtInfo", "eudraCtCode")]
    second += [root.text("authorizedApplication", "eudraCt", "eudraCtCode")]
    sponsors = part.each("sponsors") or root.each("primarySponsor")
    leads = [item for item in sponsors if item.text("primary") == "true"] or sponsors
    build.put(
        main_id=main,
        secondary_ids=_some(second),
        source_register=REGISTER,
        url=f"{ADDRESS}{main}" if main and _NUMBER.fullmatch(main) else None,
        scientific_title=ids.text("fullTitle") or root.text("title"),
        public_title=ids.text("publicTitle"),
        acronym=ids.text("shortTitle"),
        primary_sponsor=next(iter(_some(item.text("organisation", "name") for item in leads)), None),
        secondary_sponsors=_some(item.text("organisation", "name") for item in sponsors if item not in leads),
        public_contact=_affiliations(leads, "publicContacts"),
        scientific_contact=_affiliations(leads, "scientificContacts"),
        contact_affiliations=_some(
            (*_affiliations(leads, "publicContacts"), *_affiliations(leads, "scientificContacts"))
        ),
    )


def _affiliations(sponsors: Iterable[Branch], kind: str) -> tuple[str, ...]:
    return _some(contact.text("organisation", "name") for item in sponsors for contact in item.each(kind))


def _people(build: Builder, root: Branch, part: Branch, countries: list[Branch]) -> None:
    names = [item.text("mscInfo", "countryName") or item.text("countryName") for item in countries]
    names += [item.text("name") for item in part.each("rowCountriesInfo")]
    build.put(countries=_some(names))
    counts = [item.text("recruitmentSubjectCount") for item in countries]
    elsewhere, total = part.text("rowSubjectCount"), root.text("totalNumberEnrolled")
    if counts and all(count and is_count(count) for count in counts):
        whole = sum(int(count) for count in [*counts, elsewhere] if count and is_count(count))
        build.put(target_size=whole, target_size_text=str(whole))
        build.book.notes.append(
            "the target sample size is the sum over the member states and the rest of the world, which the record "
            "counts apart"
        )
    elif total and is_count(total):
        build.put(target_size=int(total), target_size_text=total)


def _status(build: Builder, root: Branch, information: Branch, countries: list[Branch]) -> None:
    code = root.text("ctPublicStatusCode")
    known = load_data("registry", "ctis_codes.yaml")["public_status"]["codes"]
    stored = root.text("ctStatus")
    words = stored if stored and not is_count(stored) else known.get(_count(code or stored))
    duration = information.go("trialDuration")
    starts = [
        period.text("recruitmentStartDate")
        for item in countries
        for period in item.each("mscInfo", "trialRecruitmentPeriod")
    ]
    first = _earliest(starts) or build.date(root, "startDateEU")
    if first is None and (first := build.date(duration, "estimatedRecruitmentStartDate")):
        build.book.notes.append("the date of first enrolment is the estimated start of recruitment")
    build.put(
        date_registered=build.date(root, "submissionDate") or _earliest(_submitted(root)),
        date_first_enrolment=first,
        date_completion=build.date(root, "endDateEU")
        or build.date(duration, "estimatedGlobalEndDate")
        or build.date(duration, "estimatedEndDate"),
        date_last_refreshed=build.date(root, "publishDate"),
        recruitment_status=words or code or stored,
        results=ResultsInfo(available=read_yes_or_no(root.text("resultsFirstReceived") or "")),
    )


def _submitted(root: Branch) -> list[str | None]:
    """Return when each application was handed in; the first is the registration."""
    return [item.text("submissionDate") for item in root.each("authorizedApplication", "applicationInfo")]


def _science(build: Builder, information: Branch, part: Branch) -> None:
    if groups := build.root.text("ageGroup"):
        build.book.notes.append(f"the record has age groups, not limits: {groups}")
    category, population = information.go("trialCategory"), information.go("populationOfTrialSubjects")
    conditions = information.each("medicalCondition", "partIMedicalConditions") or part.each("medicalConditions")
    plan = information.text("individualParticipantData", "planToShareIPD")
    build.put(
        study_type="Interventional",
        phase=build.root.text("trialPhase") or _phase(build, category.text("trialPhase")),
        conditions=_some(item.text("medicalCondition") for item in conditions),
        interventions=tuple(_product(item) for item in part.each("products") if _name(item)),
        summary=information.long_text("trialObjective", "mainObjective"),
        sources_of_support=_some(item.text("organisationName") for item in information.each("sourceOfMonetarySupport")),
        sex=_sex(population) or _sexes(build.root.text("gender")),
        data_sharing=DataSharing(
            plan={"1": "Yes", "2": "No"}.get(plan or "", plan),
            description=information.long_text("individualParticipantData", "sharingStatement"),
        ),
    )
    criteria = information.go("eligibilityCriteria")
    build.criteria_apart(
        _numbered(criteria, "principalInclusionCriteria"), _numbered(criteria, "principalExclusionCriteria")
    )
    for role, name in _ENDPOINTS:
        for item in information.each("endPoint", name):
            item.skip("number")
            if passage := item.passage("endPoint"):
                build.outcome(role, passage, None, None)


def _phase(build: Builder, code: str | None) -> str | None:
    table = load_data("registry", "ctis_codes.yaml")["trial_phase"]["codes"]
    if not code or _count(code) not in table:
        return code
    build.book.notes.append(f"the phase is stored as the code {code}, whose meaning is taken from a second source")
    return str(table[_count(code)])


def _name(item: Branch) -> str | None:
    return item.text("productName") or item.text("productDictionaryInfo", "prodName") or item.text("nameDisplay")


def _product(item: Branch) -> Intervention:
    code = item.text("mpRoleInTrial")  # part1MpRoleTypeCode is another thing: a placebo bears 1 there
    role = load_data("registry", "ctis_codes.yaml")["product_role"]["codes"].get(_count(code), code)
    return Intervention(
        type=role,
        name=_name(item) or "",
        description=item.text("pharmaceuticalFormDisplay"),
        other_names=_some([item.text("productDictionaryInfo", "activeSubstanceName")]),
    )


def _sex(population: Branch) -> str | None:
    female, male = population.text("isFemaleSubjects"), population.text("isMaleSubjects")
    allowed = [sex for sex, answer in (("female", female), ("male", male)) if answer == "true"]
    return "all" if len(allowed) == 2 else next(iter(allowed), None)


def _sexes(words: str | None) -> str | None:
    """Return who may enter from the words of the portal's list: "Female, Male"."""
    found = sorted(part.strip().lower() for part in (words or "").split(","))
    return "all" if found == ["female", "male"] else found[0] if found in (["female"], ["male"]) else None


def _count(text: str | None) -> int:
    return int(text) if text and is_count(text) else 0


def _numbered(criteria: Branch, name: str) -> Passage | None:
    rows = [(item.text("number"), item.passage(name)) for item in criteria.each(name)]
    kept = [(number, passage) for number, passage in rows if passage]
    kept.sort(key=lambda row: _count(row[0]))  # stored as 1, 10, 11, 2
    return join([p for _, p in kept], [f"{n}. " if n else "" for n, _ in kept], f"{criteria.path}.{name}")


def _earliest(stored: Iterable[str | None]) -> PartialDate | None:
    days = [read_date(text) for text in stored if text]
    return min((day for day in days if day.precision), key=str, default=None)


def _some(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text and text.lower() not in {"n/a", "-"}))
