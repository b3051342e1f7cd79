"""2017 EULAR/ACR by brute force: every combination of items, and every completion of what is unknown."""

import random
from itertools import product

import polars as pl
import pytest

from myotrial.criteria.classification.iim import classify_iim

# Typed a second time, in tenths: (without, with biopsy).
AGES = {"under 18": (0, 0), "onset_18_to_39": (13, 15), "onset_40_or_over": (21, 22)}
WEIGHTS = {
    "proximal_upper_weakness": (7, 7), "proximal_lower_weakness": (8, 5), "neck_flexor_weakness": (19, 16),
    "leg_proximal_over_distal": (9, 12), "heliotrope": (31, 32), "gottron_papules": (21, 27),
    "gottron_sign": (33, 37), "dysphagia": (7, 6), "anti_jo1": (39, 38), "muscle_enzyme_raised": (13, 14),
    "endomysial_infiltrate": (0, 17), "perimysial_infiltrate": (0, 12), "perifascicular_atrophy": (0, 19),
    "rimmed_vacuoles": (0, 31),
}  # fmt: skip
CUTS = ((53, 55, 75), (65, 67, 87))
TIERS = ("not IIM", "possible", "probable", "definite")
SKIN = ("heliotrope", "gottron_papules", "gottron_sign")
WEAK = tuple(WEIGHTS)[:4]


def tier(tenths, path):
    return TIERS[sum(tenths >= cut for cut in CUTS[path])]


def subtype(age, yes, finger, improved):
    skin, weak = any(yes[name] for name in SKIN), any(yes[name] for name in WEAK)
    if age == "under 18":
        return "JDM" if skin else "juvenile other"
    if skin:
        return "DM" if weak else "ADM"
    return "IBM" if (finger and not improved) or yes["rimmed_vacuoles"] else "PM"


@pytest.mark.parametrize("path", [0, 1])
def test_every_combination_of_the_items(path):
    names = list(WEIGHTS)[: 14 if path else 10]
    rows, expected = [], []
    for age, *answers in product(AGES, *[(False, True)] * len(names)):
        rows.append([age == "onset_18_to_39", age == "onset_40_or_over", *answers])
        weights = (WEIGHTS[name][path] for name, answer in zip(names, answers, strict=True) if answer)
        total = AGES[age][path] + sum(weights)
        expected.append((total / 10, total / 10, total / 10, tier(total, path)))
    facts = pl.DataFrame(rows, schema=["onset_18_to_39", "onset_40_or_over", *names], orient="row")
    found = classify_iim(facts, biopsy=bool(path)).frame
    assert found.select("score", "score_low", "score_high", "tier").rows() == expected


def random_facts(chance):
    """Facts with up to five unknown items, at times the age among them."""
    known = {name: chance.random() < 0.35 for name in WEIGHTS}
    unknown = chance.sample(list(WEIGHTS), chance.randint(0, 5))
    age = chance.choice([*AGES, None])
    extra = [chance.choice([True, False, None]) for _ in range(2)]
    return {name: None if name in unknown else answer for name, answer in known.items()}, age, extra


def completions(facts, age, extra):
    names = [name for name, answer in facts.items() if answer is None]
    for answers in product((False, True), repeat=len(names)):
        full = {**facts, **dict(zip(names, answers, strict=True))}
        for band in [age] if age else AGES:
            for finger in [extra[0]] if extra[0] is not None else (False, True):
                for improved in [extra[1]] if extra[1] is not None else (False, True):
                    yield full, band, finger, improved


def as_row(facts, age, extra):
    ages = {name: None if age is None else age == name for name in ("onset_18_to_39", "onset_40_or_over")}
    return {**facts, **ages, "finger_flexor_weakness": extra[0], "improved_with_treatment": extra[1]}


@pytest.mark.parametrize("path", [0, 1])
def test_interval_tier_and_subtype_over_all_completions(path):
    chance = random.Random(20170 + path)  # noqa: S311
    drawn = [random_facts(chance) for _ in range(150)]
    found = classify_iim(pl.DataFrame([as_row(*each) for each in drawn]), biopsy=bool(path)).frame
    for each, row in zip(drawn, found.iter_rows(named=True), strict=True):
        totals, subtypes = set(), set()
        for full, band, finger, improved in completions(*each):
            totals.add(AGES[band][path] + sum(WEIGHTS[name][path] for name in full if full[name]))
            subtypes.add(subtype(band, full, finger, improved))
        tiers = {tier(total, path) for total in totals}
        assert (row["score_low"], row["score_high"]) == (min(totals) / 10, max(totals) / 10)
        assert row["score"] == (min(totals) / 10 if len(totals) == 1 else None)
        assert row["tier"] == (tiers.pop() if len(tiers) == 1 else None)
        assert set(row["subtypes_possible"]) == subtypes
        assert row["subtype_if_iim"] == (subtypes.pop() if len(subtypes) == 1 else None)


@pytest.mark.parametrize("path", [0, 1])
def test_what_to_ask_next_over_all_completions(path):
    chance = random.Random(2018 + path)  # noqa: S311
    drawn = [random_facts(chance)[:2] for _ in range(120)]
    facts = [{"subject_id": f"S{place}", **as_row(*each, (None, None))} for place, each in enumerate(drawn)]
    asked = classify_iim(pl.DataFrame(facts), biopsy=bool(path)).ask_next()
    for place, (known, age) in enumerate(drawn):
        rows = asked.filter(pl.col("subject_id") == f"S{place}")
        expected = {}
        for name in [each for each in known if known[each] is None] + [None] * (age is None):
            rest = {**known, name: False} if name else known
            for full, band, *_ in completions(rest, age if name else "under 18", (False, False)):
                low = AGES[band][path] + sum(WEIGHTS[each][path] for each in full if full[each])
                gain = WEIGHTS[name][path] if name else AGES["onset_40_or_over"][path]
                if tier(low, path) != tier(low + gain, path):
                    expected[name or "onset_age_years"] = gain / 10
        changing = rows.filter(pl.col("changes").list.contains("tier"))
        assert dict(changing.select("ask", "could_give").rows()) == expected
        assert rows["could_give"].head(changing.height).to_list() == sorted(expected.values(), reverse=True)


@pytest.mark.parametrize("path", [0, 1])
def test_a_positive_never_lowers_the_score_and_rows_do_not_matter_to_each_other(path):
    chance = random.Random(7)  # noqa: S311
    drawn = [as_row(*random_facts(chance)) for _ in range(60)]
    frame = pl.DataFrame([{"subject_id": str(place), **row} for place, row in enumerate(drawn)])
    found = classify_iim(frame, biopsy=bool(path)).frame
    for name in WEIGHTS:
        more = classify_iim(frame.with_columns(pl.lit(value=True).alias(name)), biopsy=bool(path)).frame
        assert (more["score_low"] >= found["score_low"]).all()
        assert (more["score_high"] >= found["score_high"]).all()
    order = chance.sample(range(60), 60)
    assert classify_iim(frame[order], biopsy=bool(path)).frame.equals(found[order])
    for place in range(0, 60, 7):
        assert classify_iim(frame[place], biopsy=bool(path)).frame.equals(found[place])


def outcome(known, age, finger, improved, entry, path):
    """Return the tier, whether it is a case, and the subtype, of facts that are complete."""
    total = AGES[age][path] + sum(WEIGHTS[name][path] for name in known if known[name])
    found = tier(total, path)
    return found, entry and TIERS.index(found) >= TIERS.index("probable"), subtype(age, known, finger, improved)


def what_could_change(drawn, entry, path):
    """Return each unknown fact with what it could change, by trying every completion."""
    known, age, (finger, improved) = drawn
    stated = {**known, "onset_age_years": age, "finger_flexor_weakness": finger,
              "improved_with_treatment": improved, "no_better_explanation": entry}  # fmt: skip
    unknown = [name for name, answer in stated.items() if answer is None]
    values = [tuple(AGES) if name == "onset_age_years" else (False, True) for name in unknown]
    results = {}
    for answers in product(*values):
        full = {**stated, **dict(zip(unknown, answers, strict=True))}
        items = {name: full[name] for name in WEIGHTS}
        rest = (full[name] for name in list(stated)[len(WEIGHTS) :])
        results[answers] = outcome(items, *rest, path)
    possible = any(case for _, case, _ in results.values())
    changes = {}
    for place, name in enumerate(unknown):
        alike = {}
        for answers, result in results.items():
            alike.setdefault(answers[:place] + answers[place + 1 :], []).append(result)
        parts = [any(len({each[part] for each in group}) > 1 for group in alike.values()) for part in range(3)]
        parts[2] = parts[2] and possible
        if any(parts):
            words = ("tier", "case", "subtype")
            changes[name] = [word for word, part in zip(words, parts, strict=True) if part]
    return changes


@pytest.mark.parametrize("path", [0, 1])
def test_what_an_answer_could_change_over_all_completions(path):
    chance = random.Random(2026 + path)  # noqa: S311
    drawn = [each for each in (random_facts(chance) for _ in range(120)) if list(each[0].values()).count(None) < 4][:30]
    entries = [chance.choice([True, False, None]) for _ in drawn]
    rows = [
        {"subject_id": f"S{place}", **as_row(*each), "no_better_explanation": entry}
        for place, (each, entry) in enumerate(zip(drawn, entries, strict=True))
    ]
    asked = classify_iim(pl.DataFrame(rows, infer_schema_length=None), biopsy=bool(path)).ask_next()
    seen = set()
    for place, (each, entry) in enumerate(zip(drawn, entries, strict=True)):
        found = dict(asked.filter(pl.col("subject_id") == f"S{place}").select("ask", "changes").rows())
        assert found == what_could_change(each, entry, path)
        seen |= {tuple(words) for words in found.values()}
    assert {("tier",), ("case",), ("subtype",), ("tier", "case", "subtype")} <= seen
