"""A record as a CDISC USDM v4 study definition; one way."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version as version_of
from typing import Any

from myotrial.registry.export.usdm_builder import NOT_STATED, Builder, Instance, paragraph
from myotrial.registry.export.usdm_design import write_design, write_interventions
from myotrial.registry.export.usdm_eligibility import write_criteria
from myotrial.registry.identifiers import register_called
from myotrial.registry.record import TrialRecord

USDM_VERSION = "4.0.0"


@dataclass(frozen=True, slots=True)
class UsdmExport:
    """A study definition, and what it could not hold.

    Attributes
    ----------
    data
        The definition, as plain data.
    notes
        What the record states and USDM has no place for, and what USDM asks for and the record does not state. They
        stand in the definition too, as notes of the study version.
    """

    data: dict[str, Any]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the definition."""
        return self.data

    def to_json(self) -> str:
        """Return the definition as JSON text."""
        return json.dumps(self.data, ensure_ascii=False, indent=2) + "\n"

    def __repr__(self) -> str:
        """Return one line with the numbers."""
        return f"<UsdmExport {self.data['study']['name']}: USDM {USDM_VERSION}, {len(self.notes)} notes>"


def export_usdm(record: TrialRecord) -> UsdmExport:
    """Write a record as a USDM v4 study definition.

    Parameters
    ----------
    record
        The record.

    Returns
    -------
    UsdmExport
        Every identifier in it is unique, and every reference resolves. Codes are those of the CDISC terminology
        (``registry/usdm_codes.yaml``); nothing is coded that the record does not state, but where USDM asks for a
        value, and then a note says so. Contact persons and affiliations are left out.

    Notes
    -----
    USDM has no logic: a criterion is text. A lost comparison sign is told in a remark on its criterion.

    Examples
    --------
    >>> record = TrialRecord(form="invented", sha256="0", main_id="NCT00000001", public_title="A trial", target_size=12)
    >>> version = export_usdm(record).data["study"]["versions"][0]
    >>> version["studyIdentifiers"][0]["text"], version["titles"][0]["type"]["decode"]
    ('NCT00000001', 'Brief Study Title')
    """
    build = Builder()
    version = _version(build, record)
    for words in _not_held(record):
        build.note(words)
    version["notes"] = [build.make("CommentAnnotation", text=words, codes=[]) for words in build.notes]
    study = {
        "id": "Study_1",
        "name": record.main_id or record.public_title or "without identifier",
        "description": record.summary,
        "label": record.acronym or record.public_title,
        "versions": [version],
        "documentedBy": [],
        "instanceType": "Study",
    }
    data = {
        "study": study,
        "usdmVersion": USDM_VERSION,
        "systemName": "myotrial",
        "systemVersion": version_of("myotrial"),
    }
    return UsdmExport(data, tuple(build.notes))


def _version(build: Builder, record: TrialRecord) -> Instance:
    criteria, items, narrative = write_criteria(build, record)
    interventions = write_interventions(build, record)
    design = write_design(build, record, criteria, interventions)
    organisations, identifiers, sponsors = _identifiers(build, record)
    version = build.make(
        "StudyVersion",
        versionIdentifier=str(record.date_last_refreshed or "not stated"),
        rationale=NOT_STATED,
        documentVersionIds=[],
        dateValues=[],
        amendments=[],
        businessTherapeuticAreas=[],
        studyIdentifiers=identifiers,
        referenceIdentifiers=[],
        studyDesigns=[design],
        titles=_titles(build, record),
        eligibilityCriterionItems=items,
        narrativeContentItems=[*narrative, *_loose_outcomes(build, record)],
        abbreviations=[],
        organizations=organisations,
        studyInterventions=interventions,
    )
    version["roles"] = [*_sponsor_roles(build, version["id"], sponsors), *_masked_roles(build, design["id"], record)]
    return version


def _titles(build: Builder, record: TrialRecord) -> list[Instance]:
    """Return the titles; the public one is the brief title of USDM, the scientific one the official title."""
    pairs = (("public", record.public_title), ("scientific", record.scientific_title), ("acronym", record.acronym))
    titles = [build.make("StudyTitle", text=text, type=build.code("title", kind)) for kind, text in pairs if text]
    if not record.scientific_title:
        build.note("scientific title: not stated; USDM asks for an official title, and none is written")
    return titles


def _identifiers(build: Builder, record: TrialRecord) -> tuple[list[Instance], list[Instance], list[Instance]]:
    """Return the organisations, the identifiers that they gave, and of the organisations the sponsors."""
    sponsors = [
        build.organisation("sponsor", name)
        for name in dict.fromkeys(filter(None, (record.primary_sponsor, *record.secondary_sponsors)))
    ]
    organisations = list(sponsors)
    by_register: dict[str, Instance] = {}
    identifiers = []
    own = iter(sponsors[:1] if record.primary_sponsor else [])
    for name in record.ids:
        register = register_called(name) or (record.source_register if name == record.main_id else None)
        scope = by_register.get(register or "") or (next(own, None) if register is None else None)
        if scope is None:
            scope = build.organisation("registry", register or f"Giver of {name} (not stated)")
            organisations.append(scope)
            if register is None:
                build.note(f"who gave the identifier {name} is not stated")
        elif register is None:
            build.note(f"the identifier {name} is taken for the sponsor's own")
        if register:
            by_register[register] = scope
        identifiers.append(build.make("StudyIdentifier", text=name, scopeId=scope["id"]))
    if next(own, None):
        build.note("the sponsor's own identifier of the study is not stated; USDM asks for one")
    return organisations, identifiers, sponsors


def _sponsor_roles(build: Builder, version: str, sponsors: list[Instance]) -> Iterator[Instance]:
    for number, sponsor in enumerate(sponsors):
        kind = "co-sponsor" if number else "sponsor"
        yield build.make(
            "StudyRole",
            name=f"ROLE_{number + 1}",
            label=kind.capitalize(),
            code=build.code("role", kind),
            appliesToIds=[version],
            assignedPersons=[],
            organizationIds=[sponsor["id"]],
            masking=None,
            notes=[],
        )


def _masked_roles(build: Builder, design: str, record: TrialRecord) -> Iterator[Instance]:
    for number, who in enumerate(record.design.who_is_masked if record.design else (), 1):
        entry = build.known("role", who.replace("_", " "))
        if entry is None:
            build.note(f"the masked role “{who}” has no code and is not held")
            continue
        yield build.make(
            "StudyRole",
            name=f"MASKED_{number}",
            label=who,
            code=build.code("role", entry),
            appliesToIds=[design],
            assignedPersons=[],
            organizationIds=[],
            masking=build.make("Masking", text="Masked", isMasked=True),
            notes=[],
        )


def _loose_outcomes(build: Builder, record: TrialRecord) -> list[Instance]:
    loose = [outcome for outcome in record.outcomes if outcome.role == "not_stated"]
    if not loose:
        return []
    build.note(f"{len(loose)} outcomes without a role cannot be endpoints: they are narrative content")
    text = "".join(
        paragraph(f"{outcome.title}{f' [Time Frame: {outcome.time_frame}]' if outcome.time_frame else ''}")
        + (paragraph(outcome.description) if outcome.description else "")
        for outcome in loose
    )
    return [build.make("NarrativeContentItem", name="Outcomes without a role", text=text)]


def _not_held(record: TrialRecord) -> Iterator[str]:
    """Yield what the record states and USDM has no place for."""
    for name, value in (
        ("register", record.source_register), ("web address", record.url),
        ("date of registration", record.date_registered), ("first enrolment", record.date_first_enrolment),
        ("primary completion", record.date_primary_completion), ("completion", record.date_completion),
        ("prospective registration", record.prospective), ("recruitment status", record.recruitment_status),
        ("reason for stopping", record.why_stopped), ("people enrolled", record.enrolled),
        ("target size in words", record.target_size_text if record.target_size is None else None),
        ("countries", "; ".join(record.countries)), ("sources of support", "; ".join(record.sources_of_support)),
        ("keywords", "; ".join(record.keywords)), ("detailed description", record.description),
        ("results available", record.results.available), ("results", record.results.url),
        ("summary of results", record.results.summary), ("results posted", record.results.date_posted),
        ("ethics review", record.ethics.status), ("ethics approval", record.ethics.approval_date),
        ("data sharing", record.data_sharing.plan), ("data sharing, details", record.data_sharing.description),
    ):  # fmt: skip
        if value is not None and value != "":
            shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            yield f"not held by USDM: {name}: {shown}"
    if record.contact_affiliations or record.left_out:
        yield "contacts are left out"
    if record.lost_comparators:
        yield f'{len(record.lost_comparators)} comparison signs read "=" and were lost in this copy: no equality'
    if record.unread:
        yield f"{len(record.unread)} passages of the source that no field of the record took are not written"
    if record.cut_off:
        yield "the record is cut off"
