"""ClinicalTrials.gov: the XML it gave until 2024, also where that XML was turned into JSON."""

import re
from collections.abc import Mapping
from typing import Any

from myotrial.registry.building import Builder
from myotrial.registry.forms.ctgov import ADDRESS, REGISTER
from myotrial.registry.parts import Arm, DataSharing, Intervention, ResultsInfo, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.tree import Book, Branch

TITLE = "ClinicalTrials.gov XML"
_ID = re.compile(r"NCT\d{8}")
_CONTACT = re.compile(
    r"overall_contact|overall_official\.(?:first_name|middle_name|last_name|degrees|role)|location\.(?:contact|investigator)"
    r"|point_of_contact\.(?:name_or_title|phone|email)|responsible_party\.(?:investigator_|name_title)"
)
_ROLES: tuple[tuple[Role, str], ...] = (
    ("primary", "primary_outcome"), ("secondary", "secondary_outcome"), ("other", "other_outcome")
)  # fmt: skip
_MASKED = re.compile(r"(?P<level>[^()]+)\((?P<who>[^()]*)\)")
_DESIGN = ("allocation", "intervention_model", "observational_model", "time_perspective", "primary_purpose")


def recognises(data: Mapping[str, Any]) -> bool:
    """Whether named fields are a study in the tags of the XML."""
    return (isinstance(data.get("id_info"), dict) and "nct_id" in data["id_info"]) or "clinical_study" in data


def read(data: Mapping[str, Any]) -> TrialRecord:
    """Read a study in the tags of the XML."""
    root = Branch(dict(data.get("clinical_study") or data), "", Book(contact=_CONTACT))
    build = Builder(TITLE, root)
    _identity(build, root)
    _dates(build, root)
    _design(build, root)
    _arms(build, root)
    for role, name in _ROLES:
        for item in root.each(name):
            if title := item.passage("measure"):
                build.outcome(role, title, item.text("time_frame"), item.long_text("description"))
    _eligibility(build, root.go("eligibility"))
    return build.record()


def _identity(build: Builder, root: Branch) -> None:
    ids, sponsors = root.go("id_info"), root.go("sponsors")
    main = ids.text("nct_id")
    second = [ids.text("org_study_id"), *ids.texts("secondary_id"), *ids.texts("nct_alias")]
    officials = tuple(
        dict.fromkeys(words for item in root.each("overall_official") if (words := item.text("affiliation")))
    )
    build.put(
        main_id=main,
        secondary_ids=tuple(dict.fromkeys(text for text in second if text)),
        source_register=REGISTER,
        url=root.text("required_header", "url") or (f"{ADDRESS}{main}" if main and _ID.fullmatch(main) else None),
        public_title=root.text("brief_title"),
        scientific_title=root.text("official_title"),
        acronym=root.text("acronym"),
        summary=root.long_text("brief_summary", "textblock"),
        description=root.long_text("detailed_description", "textblock"),
        keywords=root.texts("keyword"),
        conditions=root.texts("condition"),
        primary_sponsor=sponsors.text("lead_sponsor", "agency"),
        secondary_sponsors=tuple(
            dict.fromkeys(words for item in sponsors.each("collaborator") if (words := item.text("agency")))
        ),
        contact_affiliations=officials,
        scientific_contact=officials,
    )


def _dates(build: Builder, root: Branch) -> None:
    posted = build.date(root, "results_first_posted") or build.date(root, "firstreceived_results_date")
    sharing = root.go("patient_data")
    build.put(
        date_registered=build.date(root, "study_first_submitted") or build.date(root, "firstreceived_date"),
        date_first_enrolment=build.date(root, "start_date"),
        date_primary_completion=build.date(root, "primary_completion_date"),
        date_completion=build.date(root, "completion_date"),
        date_last_refreshed=build.date(root, "last_update_posted") or build.date(root, "lastchanged_date"),
        recruitment_status=root.text("overall_status"),
        why_stopped=root.long_text("why_stopped"),
        results=ResultsInfo(
            available=True if posted or root.go("clinical_results") else None,
            date_posted=posted,
        ),
        data_sharing=DataSharing(
            plan=sharing.text("sharing_ipd"),
            description=sharing.long_text("ipd_description"),
            url=sharing.text("ipd_url"),
        ),
    )


def _design(build: Builder, root: Branch) -> None:
    info = root.go("study_design_info")
    parts = {name: info.text(name) for name in _DESIGN}
    masking = info.text("masking")
    found = _MASKED.fullmatch(masking) if masking and not masking.lower().startswith(("none", "open")) else None
    parts["masking"] = found["level"].strip() if found else masking
    roles = [role.strip() for role in found["who"].split(",")] if found else []
    build.design(parts, roles, root.text("study_design"))
    build.put(study_type=root.text("study_type"), phase=root.text("phase"))
    number, words, groups = build.size(root, "enrollment")
    if (root.text("enrollment", "@type") or "").lower() == "actual":
        build.put(enrolled=number)
    else:
        build.put(target_size=number, target_size_text=words, target_groups=groups)
    removed = root.texts("removed_countries", "country")
    build.put(countries=root.texts("location_countries", "country"))
    if removed:
        build.book.notes.append(f"countries that the register lists as removed: {', '.join(removed)}")


def _arms(build: Builder, root: Branch) -> None:
    build.put(
        arms=tuple(
            Arm(label=label, type=arm.text("arm_group_type"), description=arm.long_text("description"))
            for arm in root.each("arm_group")
            if (label := arm.text("arm_group_label"))
        ),
        interventions=tuple(
            Intervention(
                type=item.text("intervention_type"),
                name=name,
                description=item.long_text("description"),
                other_names=item.texts("other_name"),
                arms=item.texts("arm_group_label"),
            )
            for item in root.each("intervention")
            if (name := item.text("intervention_name"))
        ),
    )


def _eligibility(build: Builder, part: Branch) -> None:
    build.criteria(part.passage("criteria", "textblock"))
    build.put(
        age_minimum=build.age(part, "minimum_age"),
        age_maximum=build.age(part, "maximum_age"),
        sex=build.sex(part, "gender"),
        healthy_volunteers=part.text("healthy_volunteers"),
    )
