"""The EU Clinical Trials Register (EudraCT protocols), as JSON under the numbers of the paper form."""

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from myotrial.registry.building import Builder
from myotrial.registry.countries import split_countries
from myotrial.registry.parts import EthicsReview, Intervention, ResultsInfo, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.tree import Book, Branch

TITLE = "EU Clinical Trials Register JSON"
REGISTER = "EU Clinical Trials Register (EudraCT)"
_LAY = "a31_title_of_the_trial_for_lay_people_in_easily_understood_ie_nontechnical_language"
_CONTACT = re.compile(
    r"b52_functional_name|b53\d_|b54_telephone|b55_fax|b56_email|(?:public|scientific)Contact\.(?!organisationName)"
    r"|functionalContactName|telephoneNumber|emailAddress|investigator_(?:first|last|given|family)|g1\w*_name",
    re.IGNORECASE,
)
_PHASES = (
    ("e71_human_pharmacology_phase_i", "Phase I"), ("e72_therapeutic_exploratory_phase_ii", "Phase II"),
    ("e73_therapeutic_confirmatory_phase_iii", "Phase III"), ("e74_therapeutic_use_phase_iv", "Phase IV"),
)  # fmt: skip
_DESIGN = (
    ("e81_controlled", "controlled"), ("e811_randomised", "randomised"), ("e812_open", "open"),
    ("e813_single_blind", "single blind"), ("e814_double_blind", "double blind"),
    ("e815_parallel_group", "parallel group"), ("e816_cross_over", "cross-over"),
)  # fmt: skip
_AGES = (
    ("f111_in_utero", "in utero"), ("f112_preterm_newborn_infants_up_to_gestational_age__37_weeks", "preterm newborns"),
    ("f113_newborns_027_days", "0 to 27 days"), ("f114_infants_and_toddlers_28_days23_months", "28 days to 23 months"),
    ("f115_children_211years", "2 to 11 years"), ("f116_adolescents_1217_years", "12 to 17 years"),
    ("f12_adults_1864_years", "18 to 64 years"), ("f13_elderly_65_years", "65 years and more"),
)  # fmt: skip
_ENDPOINTS: tuple[tuple[Role, str, str], ...] = (
    ("primary", "e51_primary_end_points", "e511_timepoints_of_evaluation_of_this_end_point"),
    ("secondary", "e52_secondary_end_points", "e521_timepoints_of_evaluation_of_this_end_point"),
)
_ITEM = re.compile(r"(?m)^\s*(?:\d{1,2}[.)]|[-•*])\s+")


def recognises(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a protocol of the EU register."""
    return "a2_eudract_number" in data


def read(data: Mapping[str, Any]) -> TrialRecord:
    """Read a protocol of the EU register: one country's."""
    root = Branch(dict(data), "", Book(contact=_CONTACT))
    build = Builder(TITLE, root)
    _identity(build, root)
    _sizes(build, root)
    _ages(build, root)
    _design(build, root)
    build.criteria_apart(
        root.passage("e3_principal_inclusion_criteria"), root.passage("e4_principal_exclusion_criteria")
    )
    for role, name, times in _ENDPOINTS:
        if passage := root.passage(name):
            time = root.text(times)
            spans = _items(passage.text)
            for start, end in spans:
                build.outcome_line(role, passage, start, end)
                if time and len(spans) == 1:
                    build.outcomes[-1] = build.outcomes[-1].model_copy(update={"time_frame": time})
            if time and len(spans) > 1:
                build.book.notes.append(f"the {role} endpoints share one statement of their times: {time}")
    return build.record()


def _identity(build: Builder, root: Branch) -> None:
    number, state = root.text("a2_eudract_number"), root.text("a1_member_state_concerned")
    sponsors = root.each("b1_sponsor")
    names = _some(item.text("b11_name_of_sponsor") for item in sponsors)
    contacts = _some(item.text("b51_name_of_organisation") for item in sponsors)
    second = [
        root.text(name)
        for name in (
            "a41_sponsors_protocol_code_number",
            "a51_isrctn_international_standard_randomised_controlled_trial_number",
            "a52_us_nct_clinicaltrialsgov_registry_number",
            "a53_who_universal_trial_reference_number_utrn",
        )
    ]
    second += [root.text("trialInformation", "usctnIdentifier"), root.text("trialInformation", "isrctnIdentifier")]
    build.put(
        main_id=number,
        secondary_ids=_some(second),
        source_register=REGISTER,
        url=f"https://www.clinicaltrialsregister.eu/ctr-search/search?query={number}" if number else None,
        public_title=root.text(_LAY),
        scientific_title=root.text("a3_full_title_of_the_trial"),
        acronym=root.text("a32_name_or_abbreviated_title_of_the_trial_where_available"),
        summary=root.long_text("e21_main_objective_of_the_trial"),
        primary_sponsor=next(iter(names), None),
        secondary_sponsors=names[1:],
        sources_of_support=_some(
            support.text("b41_name_of_organisation_providing_support")
            for item in sponsors
            for support in item.each("b4_sources_of_monetary_or_material_support")
        ),
        contact_affiliations=contacts,
        public_contact=contacts,
        scientific_contact=contacts,
        countries=_countries(root, (state or "").partition(" - ")[0]),
        date_registered=build.date(root, "x6_date_on_which_this_record_was_first_entered_in_the_eudract_database"),
        date_first_enrolment=build.date(root, "trialInformation", "recruitmentStartDate"),
        date_completion=build.date(root, "p_date_of_the_global_end_of_the_trial")
        or build.date(root, "trialInformation", "globalEndOfTrialDate"),
        recruitment_status=root.text("p_end_of_trial_status") or root.text("x5_trial_status"),
        conditions=root.texts("e11_medical_conditions_being_investigated"),
        ethics=EthicsReview(
            status=root.text("n_ethics_committee_opinion_of_the_trial_application"),
            approval_date=build.date(root, "n_date_of_ethics_committee_opinion"),
        ),
        results=ResultsInfo(available=True if root.go("endPoints") or root.go("subjectDisposition") else None),
    )
    if build.fields["recruitment_status"] and root.text("x5_trial_status") != build.fields["recruitment_status"]:
        build.book.notes.append(f"the status at the top of the record is {root.text('x5_trial_status')}")
    build.book.notes.append("the record is one country's: others may differ")


def _countries(root: Branch, state: str) -> tuple[str, ...]:
    """Return the member state of the record and, where they are listed, every country with sites."""
    planned = root.text("e863_trial_sites_planned_in") or ""
    known, _ = split_countries(planned)
    return _some([state, *(planned[start:end] for start, end in known)])


def _ages(build: Builder, root: Branch) -> None:
    """Note the age groups: they are ticked, and no limit of an age."""
    groups = [words for name, words in _AGES if root.text(name) == "Yes"]
    if groups:
        build.book.notes.append(f"the record ticks age groups, not limits: {', '.join(groups)}")


def _sizes(build: Builder, root: Branch) -> None:
    for name in ("f422_in_the_whole_clinical_trial", "f421_in_the_eea", "f41_in_the_member_state"):
        number, text, _ = build.size(root, name)
        if number is not None and build.fields.get("target_size") is None:
            build.put(target_size=number, target_size_text=text)
            if name != "f422_in_the_whole_clinical_trial":
                where = "the member state" if name.startswith("f41") else "the EEA"
                build.book.notes.append(f"the target sample size is that in {where}; none is given for the whole trial")
        elif number is not None:
            build.book.notes.append(f"{name.partition('_')[2].replace('_', ' ')}: {number} participants planned")


def _design(build: Builder, root: Branch) -> None:
    yes = [words for name, words in _DESIGN if root.text(name) == "Yes"]
    phases = [phase for name, phase in _PHASES if root.text(name) == "Yes"]
    blind = [words for words in yes if words in {"open", "single blind", "double blind"}]
    model = [words for words in yes if words in {"parallel group", "cross-over"}]
    parts = {
        "allocation": "randomised" if "randomised" in yes else None,
        "intervention_model": ", ".join(model) or None,
        "masking": ", ".join(blind) or None,
    }
    build.design(parts, text=", ".join(yes) or None)
    female, male = root.text("f21_female"), root.text("f22_male")
    sexes = [sex for sex, answer in (("female", female), ("male", male)) if answer == "Yes"]
    build.put(
        study_type="Interventional",
        phase="/".join(phases) or None,
        sex="all" if len(sexes) == 2 else next(iter(sexes), None),
        healthy_volunteers=root.text("f31_healthy_volunteers"),
        interventions=tuple(item for place in root.each("dimp") if (item := _product(place))),
    )


def _product(item: Branch) -> Intervention | None:
    substances = _some(part.text("d38_inn__proposed_inn") for part in item.each("d38_imp_identification_details"))
    names = _some([item.text("d31_product_name"), item.text("d2111_trade_name"), *substances])
    form = item.text("d34_pharmaceutical_form") or item.text("d84_pharmaceutical_form_of_the_placebo")
    role = item.text("d12_and_d13_imp_role")
    if not names and not role:
        return None
    return Intervention(type=role, name=names[0] if names else "not named", description=form, other_names=names[1:])


def _items(text: str) -> list[tuple[int, int]]:
    """Return the endpoints in a text: one for each numbered or dashed line, else the whole."""
    starts = [found.start() for found in _ITEM.finditer(text)]
    if len(starts) < 2:
        return [(0, len(text))]
    edges = ([0] if text[: starts[0]].strip() else []) + starts + [len(text)]
    return list(itertools.pairwise(edges))


def _some(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
