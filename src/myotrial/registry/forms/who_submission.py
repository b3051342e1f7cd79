"""The form in which registers hand their trials to the WHO: ``main``, ``contacts``, ``criteria`` and so on."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from myotrial.registry.building import ABSENT, Builder
from myotrial.registry.parts import DataSharing, EthicsReview, Passage, ResultsInfo, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.single_lines import read_intervention, read_yes_or_no
from myotrial.registry.tree import Book, Branch

TITLE = "WHO ICTRP submission (XML or JSON)"
_CONTACT = re.compile(
    r"contacts?\b.*\.(?:firstname|middlename|lastname|address|city|country1|zip|telephone|email)"
    r"|contact_(?:name|address|phone|email)",
    re.IGNORECASE,
)
_OUTCOMES: tuple[tuple[Role, str, str], ...] = (
    ("primary", "primary_outcome", "prim_outcome"), ("secondary", "secondary_outcome", "sec_outcome")
)  # fmt: skip


def recognises(data: Mapping[str, Any]) -> bool:
    """Whether named fields are a trial in the form of submission."""
    main = data.get("main")
    return isinstance(main, Mapping) and "trial_id" in main


def read(data: Mapping[str, Any]) -> TrialRecord:
    """Read a trial in the form of submission."""
    root = Branch(dict(data), "", Book(contact=_CONTACT))
    build = Builder(TITLE, root)
    main = root.go("main")
    _main(build, main)
    _lists(build, root)
    criteria = root.go("criteria")
    build.criteria_apart(_stated(criteria, "inclusion_criteria"), _stated(criteria, "exclusion_criteria"))
    build.put(
        age_minimum=build.age(criteria, "agemin"),
        age_maximum=build.age(criteria, "agemax"),
        sex=build.sex(criteria, "gender"),
    )
    for role, name, inner in _OUTCOMES:
        for place in root.each(name):
            for item in place.each(inner) if isinstance(place.data, Mapping) else [place]:
                if (passage := item.passage()) and passage.text.lower() not in ABSENT:
                    build.outcome_line(role, passage, 0, len(passage.text))
    return build.record()


def _main(build: Builder, main: Branch) -> None:
    number, words, groups = build.size(main, "target_size")
    answer, plan = main.text("results_yes_no"), main.text("results_IPD_plan") or main.text("results_ipd_plan")
    kind = (main.text("type_enrolment") or "").lower()
    design = build.stated(main, "study_design")
    build.design({}, text=design)
    build.put(
        main_id=main.text("trial_id"),
        source_register=main.text("reg_name"),
        url=main.text("url"),
        public_title=build.stated(main, "public_title"),
        scientific_title=build.stated(main, "scientific_title"),
        acronym=build.stated(main, "acronym"),
        primary_sponsor=build.stated(main, "primary_sponsor"),
        date_registered=build.date(main, "date_registration"),
        date_first_enrolment=build.date(main, "date_enrolment"),
        date_completion=build.date(main, "results_date_completed"),
        recruitment_status=build.stated(main, "recruitment_status"),
        study_type=build.stated(main, "study_type"),
        phase=build.stated(main, "phase"),
        target_size=number,
        target_size_text=words,
        target_groups=groups,
        results=ResultsInfo(
            available=read_yes_or_no(answer) if answer else None,
            date_posted=build.date(main, "results_date_posted"),
            url=build.stated(main, "results_url_link"),
            summary=build.stated(main, "results_summary"),
        ),
        data_sharing=DataSharing(plan=plan, description=build.stated(main, "results_IPD_description")),
    )
    if kind:
        build.book.notes.append(f"the date of first enrolment is {kind}")


def _lists(build: Builder, root: Branch) -> None:
    main = root.go("main")
    ids = [item.text("sec_id") for item in _inner(root, "secondary_ids", "secondary_id")]
    ids += [main.text("utrn")]
    contacts = _inner(root, "contacts", "contact")
    kinds: dict[str, list[str | None]] = {"public": [], "scientific": []}
    for item in contacts:
        kinds.setdefault((item.text("type") or "").lower(), []).append(item.text("affiliation"))
    public, scientific = _some(kinds["public"]), _some(kinds["scientific"])
    ethics = _inner(root, "ethics_reviews", "ethics_review")
    keywords = _some(item.text() for item in _inner(root, "health_condition_keyword", "hc_keyword"))
    conditions = _some([main.long_text("hc_freetext")])
    given = _some([main.text("i_freetext")])
    build.put(
        secondary_ids=_some(ids),
        countries=_some(item.text() for item in _inner(root, "countries", "country2")),
        conditions=conditions or keywords,
        keywords=keywords,
        interventions=tuple(read_intervention(words) for words in given),
        secondary_sponsors=_some(item.text() for item in _inner(root, "secondary_sponsor", "sponsor_name")),
        sources_of_support=_some(item.text() for item in _inner(root, "source_support", "source_name")),
        public_contact=public,
        scientific_contact=scientific,
        contact_affiliations=tuple(dict.fromkeys((*public, *scientific))),
    )
    if ethics:
        build.put(
            ethics=EthicsReview(status=ethics[0].text("status"), approval_date=build.date(ethics[0], "approval_date"))
        )


def _inner(root: Branch, outer: str, inner: str) -> list[Branch]:
    return [item for place in root.each(outer) for item in place.each(inner)]


def _stated(at: Branch, name: str) -> Passage | None:
    passage = at.passage(name)
    return None if passage is None or passage.text.lower() in ABSENT else passage


def _some(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(text.split()) for text in texts if text and text.lower() not in ABSENT))
