"""WHO ICTRP: the portal's "Export results to XML" and the full export in CSV; both are one flat list of fields."""

import itertools
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from myotrial.registry.building import ABSENT, Builder
from myotrial.registry.clean import one_line
from myotrial.registry.design import read_design
from myotrial.registry.parts import DataSharing, EthicsReview, Intervention, Passage, ResultsInfo, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.single_lines import read_intervention, read_yes_or_no
from myotrial.registry.tree import Book, Branch

XML = "WHO ICTRP search export (XML)"
CSV = "WHO ICTRP full export (CSV)"

COLUMNS = (
    "TrialID", "SecondaryIDs", "public_title", "Scientific_title", "url", "Public_Contact_Firstname",
    "Public_Contact_Lastname", "Public_Contact_Address", "Public_Contact_Email", "Public_Contact_Tel",
    "Public_Contact_Affiliation", "Scientific_Contact_Firstname", "Scientific_Contact_Lastname",
    "Scientific_Contact_Address", "Scientific_Contact_Email", "Scientific_Contact_Tel",
    "Scientific_Contact_Affiliation", "study_type", "study_design", "phase", "Date_registration",
    "Date_enrollement", "Target_size", "Recruitment_status", "Primary_sponsor", "Secondary_sponsors",
    "Source_Support", "Countries", "Conditions", "Interventions", "Agemin", "Agemax", "Gender",
    "Inclusion_Criteria", "Exclusion_Criteria", "Primary_Outcome", "Secondary_Outcomes", "Bridging_flag",
    "Bridged_type", "Childs", "type_enrolment", "Retrospective_flag", "results_actual_enrollment",
    "results_url_link", "results_summary", "results_date_posted", "results_date_first_publication",
    "results_baseline_char", "results_participant_flow", "results_adverse_events", "results_outcome_measures",
    "results_url_protocol", "results_IPD_plan", "results_IPD_description", "results_date_completed",
    "results_yes_no", "Ethics_Status", "Ethics_Approval_Date", "Ethics_Contact_Name", "Ethics_Contact_Address",
    "Ethics_Contact_Phone", "Ethics_Contact_Email",
)  # fmt: skip
"""The columns of the full export in their order, for files that come without a line of names."""

_OTHER_NAMES = {
    "trial_id": "trialid", "title": "public_title",
    "secondary_ids": "secondaryids", "secondary_id": "secondaryids", "web_address": "url",
    "date_enrollment": "date_enrollement", "date_enrolment": "date_enrollement", "condition": "conditions",
    "intervention": "interventions", "inclusion_agemin": "agemin", "inclusion_agemax": "agemax",
    "inclusion_gender": "gender", "secondary_outcome": "secondary_outcomes", "secondary_sponsor": "secondary_sponsors",
    "source_registry": "source_register", "ethics_review_status": "ethics_status",
    "ethics_review_approval_date": "ethics_approval_date", "acronyms": "acronym",
    "results_actual_enrolment": "results_actual_enrollment",
}  # fmt: skip
_CONTACT = re.compile(
    r"contact[_.](?:firstname|middlename|lastname|name|address|city|country|zip|tel|phone|email)|ethics[_.]contact[_.]"
    r"|ethics[_.]review[_.]contact",
    re.IGNORECASE,
)
_REGISTERS = (
    ("NCT", "ClinicalTrials.gov"), ("ACTRN", "ANZCTR"), ("CHICTR", "ChiCTR"), ("CTRI", "CTRI"), ("DRKS", "DRKS"),
    ("EUCTR", "EU Clinical Trials Register"), ("CTIS", "CTIS"), ("IRCT", "IRCT"), ("ISRCTN", "ISRCTN"),
    ("ITMCTR", "ITMCTR"), ("JPRN", "JPRN"), ("KCT", "CRIS"), ("LBCTR", "LBCTR"), ("NL", "NTR"), ("NTR", "NTR"),
    ("PACTR", "PACTR"), ("PER", "REPEC"), ("RBR", "REBEC"), ("RPCEC", "RPCEC"), ("SLCTR", "SLCTR"),
    ("TCTR", "TCTR"),
)  # fmt: skip
_SPLIT = re.compile(r"\s*;\s*|\s*\n\s*")
_ITEM = re.compile(r"(?m)^[ \t]*(?:\d{1,2}[.)]|[-•*])\s+")
_NESTING = re.compile(r"[][();]")
_GAP = re.compile(r"[\s._]+")
_NAMED = re.compile(r"[^:]{1,80}:\s*\S")


def recognises(data: Mapping[str, Any]) -> bool:
    """Whether named fields are a trial of one of the exports."""
    names = {_plain(str(name)) for name in data}
    return "trialid" in names and (len(names) == 1 or len(names & _known()) > 1)


def read(data: Mapping[str, Any], form: str = XML) -> TrialRecord:
    """Read a trial of one of the exports."""
    names = {_plain(name): name for name in reversed(list(data))}
    root = Branch(dict(data), "", Book(contact=_CONTACT))
    return _Reader(Builder(form, root, loses_signs=True), root, names).record()


@cache
def _known() -> frozenset[str]:
    return frozenset({*map(_plain, COLUMNS), *_OTHER_NAMES.values()})


@lru_cache(1024)
def _plain(name: str) -> str:
    lower = _GAP.sub("_", name.strip().lower())
    return _OTHER_NAMES.get(lower, lower)


class _Reader:
    def __init__(self, build: Builder, root: Branch, names: Mapping[str, str]) -> None:
        self.build, self.root, self.names = build, root, names
        self.passages: dict[str, Passage | None] = {}

    def record(self) -> TrialRecord:
        self._identity()
        self._dates()
        self._people()
        self._outcomes("primary", "primary_outcome")
        self._outcomes("secondary", "secondary_outcomes")
        self._results()
        self.root.skip(self._at("date_registration3"))
        return self.build.record()

    def _at(self, name: str) -> str:
        return self.names.get(name, name)

    def _stated(self, name: str) -> str | None:
        return self.build.stated(self.root, self.names[name]) if name in self.names else None

    def _passage(self, name: str) -> Passage | None:
        if name not in self.passages:
            passage = self.root.passage(self.names[name]) if name in self.names else None
            self.passages[name] = None if passage is None or passage.text.lower() in ABSENT else passage
        return self.passages[name]

    def _listed(self, name: str) -> tuple[str, ...]:
        text = self.root.whole(self.names[name]) if name in self.names else None
        if text is None or text.lower() in ABSENT:
            return ()
        parts = (one_line(text[a:b]) for a, b in _parts(text, _SPLIT))
        return tuple(dict.fromkeys(part for part in parts if part.lower() not in ABSENT))

    def _identity(self) -> None:
        main = self._stated("trialid")
        known = next((name for start, name in _REGISTERS if main and main.upper().startswith(start)), None)
        self.build.put(
            main_id=main,
            secondary_ids=self._listed("secondaryids"),
            source_register=self._stated("source_register") or known,
            url=self._stated("url"),
            public_title=self._stated("public_title"),
            scientific_title=self._stated("scientific_title"),
            acronym=self._stated("acronym"),
            conditions=self._listed("conditions"),
            interventions=self._interventions(),
            countries=self._listed("countries"),
            primary_sponsor=self._stated("primary_sponsor"),
            secondary_sponsors=self._listed("secondary_sponsors"),
            sources_of_support=self._listed("source_support"),
            recruitment_status=self._stated("recruitment_status"),
            study_type=self._stated("study_type"),
            phase=self._stated("phase"),
        )
        design = self._stated("study_design")
        self.build.put(design=read_design(design) if design else None)
        for name in ("public_title", "scientific_title", "study_design", "target_size", "conditions", "interventions"):
            text = self.root.whole(self.names[name]) if name in self.names else None
            if text and ("=" in text or "10" in text) and (passage := self._passage(name)):
                self.build.scan(passage, name)

    def _interventions(self) -> tuple[Intervention, ...]:
        """Return the interventions: a list where the text reads like one, else the text as one."""
        listed = self._listed("interventions")
        if listed and all(_NAMED.match(words) for words in listed):
            return tuple(read_intervention(words) for words in listed)
        whole = self._stated("interventions")
        return (read_intervention(whole),) if whole else ()

    def _dates(self) -> None:
        build, root = self.build, self.root
        flag = self._stated("prospective_registration")
        build.put(
            date_registered=build.date(root, self._at("date_registration")),
            date_first_enrolment=build.date(root, self._at("date_enrollement")),
            date_last_refreshed=build.date(root, self._at("last_refreshed_on")),
            prospective=read_yes_or_no(flag) if flag else self._from_flag(),
        )
        number, words, groups = build.size(root, self._at("target_size"))
        build.put(target_size=number, target_size_text=words, target_groups=groups)

    def _from_flag(self) -> bool | None:
        """Return the answer of ``Retrospective_flag``, which is the other way round."""
        flag = (self._stated("retrospective_flag") or "").lower()
        return {"yes": False, "1": False, "true": False, "no": True, "0": True, "false": True}.get(flag)

    def _people(self) -> None:
        build, root = self.build, self.root
        inclusion, exclusion = self._passage("inclusion_criteria"), self._passage("exclusion_criteria")
        if inclusion and exclusion is None:
            build.criteria(inclusion)
        else:
            build.criteria_apart(inclusion, exclusion)
        both = [self._listed(f"{kind}contact_affiliation") for kind in ("public_", "scientific_", "")]
        build.put(
            age_minimum=build.age(root, self._at("agemin")) if self._stated("agemin") else None,
            age_maximum=build.age(root, self._at("agemax")) if self._stated("agemax") else None,
            sex=build.sex(root, self._at("gender")) if self._stated("gender") else None,
            public_contact=both[0],
            scientific_contact=both[1],
            contact_affiliations=tuple(dict.fromkeys(words for part in both for words in part)),
        )

    def _outcomes(self, role: Role, name: str) -> None:
        passage = self._passage(name)
        if passage is None:
            return
        for start, end in outcome_parts(passage.text, lists=self._lists_by_semicolon()):
            if passage.text[start:end].strip().lower() not in ABSENT:
                self.build.outcome_line(role, passage, start, end)

    def _lists_by_semicolon(self) -> bool:
        main = (self.build.fields["main_id"] or "").upper()
        return main.startswith(("NCT", "CHICTR", "ACTRN", "IRCT", "TCTR", "DRKS", "ITMCTR", "PACTR", "KCT"))

    def _results(self) -> None:
        build, root = self.build, self.root
        answer = self._stated("results_yes_no")
        actual, _, _ = build.size(root, self._at("results_actual_enrollment"))
        build.put(
            enrolled=actual,
            date_completion=build.date(root, self._at("results_date_completed")),
            results=ResultsInfo(
                available=read_yes_or_no(answer) if answer else None,
                date_posted=build.date(root, self._at("results_date_posted")),
                url=self._stated("results_url_link"),
                summary=self._stated("results_summary"),
            ),
            data_sharing=DataSharing(
                plan=self._stated("results_ipd_plan"), description=self._stated("results_ipd_description")
            ),
            ethics=EthicsReview(
                status=self._stated("ethics_status"), approval_date=build.date(root, self._at("ethics_approval_date"))
            ),
        )


def _parts(text: str, separator: re.Pattern[str]) -> list[tuple[int, int]]:
    if ";" not in text and "\n" not in text:
        return [(0, len(text))] if text.strip() else []
    spans, at = [], 0
    for found in [*separator.finditer(text), None]:
        end = found.start() if found else len(text)
        if text[at:end].strip():
            spans.append((at, end))
        at = found.end() if found else end
    return spans


def outcome_parts(text: str, *, lists: bool) -> Sequence[tuple[int, int]]:
    """Return where each outcome in a text stands.

    Parameters
    ----------
    text
        All outcomes of one role.
    lists
        Whether the register joins its outcomes by semicolons; elsewhere a semicolon is part of a sentence.

    Returns
    -------
    sequence of (int, int)
        Numbered or dashed lines are outcomes; so are the parts between semicolons outside brackets.

    Examples
    --------
    >>> text = "Death (day 28; day 90);PSQI;"
    >>> [text[a:b] for a, b in outcome_parts(text, lists=True)]
    ['Death (day 28; day 90)', 'PSQI']
    """
    starts = [found.start() for found in _ITEM.finditer(text)]
    if len(starts) > 1:
        edges = ([0] if text[: starts[0]].strip() else []) + starts + [len(text)]
        return [(a, b) for a, b in itertools.pairwise(edges) if text[a:b].strip()]
    spans, at, depth = [], 0, 0
    for found in _NESTING.finditer(text) if lists else ():
        if found[0] != ";":
            depth = depth + 1 if found[0] in "[(" else max(0, depth - 1)
        elif depth == 0:
            spans.append((at, found.start()))
            at = found.end()
    spans.append((at, len(text)))
    return [(a, b) for a, b in spans if text[a:b].strip()]
