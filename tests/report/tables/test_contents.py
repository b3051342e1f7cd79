"""What the tables say: published figures as printed, the subjects, adverse events, numbers and footnotes."""

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape

import polars as pl
import pytest

from myotrial.analysis.analyse import analyse
from myotrial.model.errors import BadInput
from myotrial.report import tabulate_results
from myotrial.report.numbers import SPACE
from myotrial.report.tables.model import Cell, Row
from myotrial.simulation.study import simulate_study
from myotrial.study.reading import StudyData
from myotrial.study.visits import check_visits
from myotrial.trials.loading import load_trial
from myotrial.trials.masking import mask_trial

QUIET = {"physician_global_cm": 5.0, "patient_global_cm": 5.0, "mmt": 100.0, "haq_di": 1.0, "extramuscular_cm": 5.0,
         "cdasi_activity": 20, "ck_u_per_l": 100.0, "ck_uln_u_per_l": 200.0}  # fmt: skip
STEPS = [
    {},
    {"physician_global_cm": 0.9},  # a fall of 4.1 of 10 cm is more than 40 %: 20 points
    {"physician_global_cm": 0.9, "extramuscular_cm": 0.9},  # and 20 more
    {"physician_global_cm": 0.9, "extramuscular_cm": 0.9, "mmt": 146.0},  # and strength by more than 30 %: 32.5 more
]


def cells_of(table, label, level=None):
    """Return the cells of the rows with a label, blanks as they are typed."""
    return [
        [cell.text.replace(SPACE, " ") for cell in row.cells]
        for row in table.rows
        if row.label == label and level in {None, row.level.replace(SPACE, " ")}
    ]


@pytest.fixture(scope="module")
def published():
    """Tables of ProDERM with as many subjects at each threshold as its publication counts at week 16."""
    trial = load_trial("NCT02728752")
    trial = trial.model_copy(
        update={"outcomes": tuple(
            outcome.model_copy(update={"sensitivity": (), "tipping_point": None, "subgroups": ()})
            for outcome in trial.outcomes if outcome.id in {"D0", "D1"}
        ), "multiplicity": None}
    )  # fmt: skip
    arms = {"ivig": (47, (37, 32, 15)), "placebo": (48, (21, 11, 4))}
    subjects = {f"{arm}-{place}": (arm, sum(place < count for count in reached))
                for arm, (n, reached) in arms.items() for place in range(n)}  # fmt: skip
    visits = pl.DataFrame([
        {"subject_id": name, "week": week, **QUIET, **(STEPS[step] if week else {})}
        for name, (_, step) in subjects.items() for week in (0, 4, 8, 12, 16)
    ])  # fmt: skip
    people = pl.DataFrame({"subject_id": list(subjects), "arm": [arm for arm, _ in subjects.values()]})
    study = StudyData(people, check_visits(visits), pl.DataFrame(schema={"subject_id": pl.String, "day": pl.Int64,
                      "kind": pl.String, "reason": pl.String}))  # fmt: skip
    return tabulate_results(trial, analyse(trial, study), study)


class TestPublished:
    """ProDERM (N Engl J Med 2022, doi 10.1056/NEJMoa2117912; results as registered under NCT02728752)."""

    def test_the_primary_outcome_as_printed(self, published):
        table = published["14.2.1"]
        assert [column.heading.replace(SPACE, " ") for column in table.columns] == [
            "IVIg (N = 47)", "Placebo (N = 48)", "IVIg v Placebo",
        ]  # fmt: skip
        ((ivig, placebo, nothing),) = cells_of(table, "Subjects, n/N (%)")
        assert (ivig, placebo, nothing) == ("37/47 (78.7 %)", "21/48 (43.8 %)", "")
        wald = next(place for place, row in enumerate(table.rows) if "Wald interval" in row.label)
        shown = [cell.text for row in table.rows[wald : wald + 2] for cell in row.cells if cell.text]
        assert shown == ["35.0", "16.7 to 53.2"]  # printed 34.97 (16.70 to 53.24)

    def test_the_higher_thresholds_as_counted(self, published):
        table = published["14.2.2"]
        for level, counts in (("≥ 40, week 16", ("32/47", "11/48")), ("≥ 60, week 16", ("15/47", "4/48"))):
            (cells,) = cells_of(table, "Subjects, n/N (%)", level)
            assert tuple(cell.partition(" ")[0] for cell in cells[:2]) == counts


class TestSubjects:
    def test_characteristics_are_those_of_the_subjects(self):
        """Worked out by hand: squares about 43 are 529 + 144 + 9 + 324 + 400 = 1406, and 1406 / 4 = 18.7²."""
        trial = load_trial("NCT05832034")
        study = simulate_study(trial, n=6, seed=1)
        subjects = study.subjects.with_columns(
            age_years=pl.Series([20.0, 31.0, 40.0, 61.0, 63.0, None]), arm=pl.Series(["ivig"] * 3 + ["placebo"] * 3),
            sex=pl.Series(["female", "female", "male", "female", None, "female"]),
        )  # fmt: skip
        names = subjects["subject_id"].to_list()
        globals_ = dict(zip(names, (2.1, 2.2, 2.25, 0.0, 10.0, 0.05), strict=True))
        visits = study.visits.frame.with_columns(
            physician_global_cm=pl.col("subject_id").replace_strict(globals_, return_dtype=pl.Float64)
        )
        study = replace(study, subjects=subjects, visits=check_visits(visits))
        table = tabulate_results(trial, analyse(trial, study), study)["14.1.2"]
        assert cells_of(table, "n", "Age (years)") == [["3", "2", "5"]]
        assert cells_of(table, "Mean (SD)", "Age (years)") == [["30.3 (10.0)", "62.0 (1.4)", "43.0 (18.7)"]]
        assert cells_of(table, "Median", "Age (years)") == [["31.0", "62.0", "40.0"]]
        assert cells_of(table, "Range", "Age (years)") == [["20.0 to 40.0", "61.0 to 63.0", "20.0 to 63.0"]]
        assert cells_of(table, "Missing", "Age (years)") == [["0", "1", "1"]]
        assert cells_of(table, "Female", "Sex, n (%)") == [["2 (66.7 %)", "2 (100.0 %)", "4 (80.0 %)"]]
        assert cells_of(table, "Male", "Sex, n (%)") == [["1 (33.3 %)", "0 (0.0 %)", "1 (20.0 %)"]]
        assert cells_of(table, "Range", "Physician global activity (cm)") == [
            ["2.1 to 2.3", "0.0 to 10.0", "0.0 to 10.0"]
        ]
        assert cells_of(table, "Median", "Physician global activity (cm)")[0][1] == "0.1"
        assert [column.n for column in table.columns] == [3, 3, 6]

    def test_the_flow_is_that_of_the_results(self, proderm):
        table = proderm.tables["14.1.1"]
        flow = proderm.results.flow
        for row in table.rows:
            counts = [int(cell.text) for cell in row.cells]
            assert counts[:2] == [flow.filter(label=row.label, arm=arm.id)["n"].item() for arm in proderm.trial.arms]
            assert counts[2] == flow.filter(label=row.label)["n"].sum()

    def test_adverse_events_are_counted_as_in_the_data(self, proderm):
        """Any and serious events from the first dose on, counted here from the tables themselves."""
        study, table = proderm.study, proderm.tables["14.3.1"]
        taken = study.infusions["subject_id"].unique().implode()
        events = study.adverse_events.filter(pl.col("subject_id").is_in(taken), pl.col("start_day") >= 1)
        arms = dict(study.subjects.select("subject_id", "arm").iter_rows())
        for level, own in (("Any", events), ("Serious", events.filter(pl.col("serious").fill_null(value=False)))):
            whose = own["subject_id"].replace_strict(arms)
            counts = [int((whose == arm.id).sum()) for arm in proderm.trial.arms]
            assert cells_of(table, "Events", level) == [[str(count) for count in [*counts, sum(counts)]]]
            people = own.unique("subject_id")["subject_id"].replace_strict(arms)
            shown = cells_of(table, "Subjects with an event, n (%)", level)[0]
            assert [int(cell.split(" ")[0]) for cell in shown[:2]] == [
                int((people == arm.id).sum()) for arm in proderm.trial.arms
            ]


def test_spread_stands_under_the_mean_it_is_of(tables_of):
    """Beside two adjusted means: the spread is that of the values, not of a model."""
    table = next(table for table in tables_of("NCT05832034").tables if table.outcome == "B1")
    labels = [(row.label, row.detail) for row in table.rows]
    assert labels[:4] == [("Mean", False), ("SD", True), ("Median", True), ("Range", True)]
    assert [label for label, _ in labels].count("SD") == 1


class TestNumbering:
    def test_a_table_has_its_number_whatever_is_chosen(self, proderm):
        whole = {table.number: table for table in proderm.tables}
        chosen = tabulate_results(proderm.trial, proderm.results, proderm.study, ["D3", "D0"])
        assert {table.outcome for table in chosen} == {"D0", "D3"}
        assert all(whole[table.number] == table for table in chosen)

    def test_safety_is_section_3_and_the_rest_section_2(self, tables_of):
        found = tables_of("NCT04044690")
        for table in found.tables:
            if table.outcome is not None:
                safety = "TEAE" in table.titles[0] or "Adverse" in table.titles[0]
                assert table.number.startswith("14.3." if safety else "14.2.")

    def test_numbers_are_in_order_and_each_stands_once(self, tables_of):
        numbers = [[int(part) for part in table.number.split(".")] for table in tables_of("NCT04044690").tables]
        assert numbers == sorted(numbers)
        assert len({tuple(number) for number in numbers}) == len(numbers)

    def test_masked_or_not_the_numbers_are_the_same(self, tables_of):
        masked = {(table.outcome, table.number) for table in tables_of("NCT02728752", True).tables}
        assert masked <= {(table.outcome, table.number) for table in tables_of("NCT02728752").tables}


class TestFootnotes:
    def test_every_outcome_says_how_it_was_made(self, proderm):
        for table in proderm.tables:
            notes = " ".join(table.footnotes)
            if table.outcome:
                assert all(f"{word}:" in notes for word in ("Estimand", "Method", "Handling", "Derivation"))
                assert table.population
            assert "Simulated data: nobody was treated." in table.sources
            assert table.sources[-1] == "For research; not medical advice."
            assert any("simulated with seed 5" in line for line in table.sources)

    def test_data_that_are_not_simulated_do_not_say_so(self, published):
        assert not published.simulated
        assert not any("imulated" in line for table in published for line in table.sources)

    def test_a_warning_is_a_marked_note(self, tables_of):
        table = next(table for table in tables_of("NCT04044690").tables if table.outcome == "C20")
        marked = [cell for row in table.rows for cell in row.cells if cell.mark]
        assert marked
        assert {cell.mark for cell in marked} == set(table.notes)
        assert any("median is not reached" in note for note in table.notes.values())

    def test_a_narrowed_study_says_so(self, proderm):
        study = replace(proderm.study, notes=("narrowed to 3 of 40 subjects: sex is male",))
        tables = tabulate_results(proderm.trial, proderm.results, study, ["D0"])
        assert all("Subjects: narrowed to 3 of 40 subjects: sex is male." in table.sources for table in tables)


class TestMasked:
    def test_masked_results_mask_the_tables_whatever_is_handed_in(self, tables_of):
        found = tables_of("NCT02728752", True)
        again = tabulate_results(mask_trial(found.trial), found.results, found.study)
        assert again.tables == found.tables.tables
        for table in found.tables:
            assert [column.label for column in table.columns] == ["All arms together (masked)"]


class TestPlain:
    def test_csv_holds_every_cell(self, proderm):
        rows = list(csv.DictReader(io.StringIO(proderm.tables.to_csv())))
        filled = sum(bool(cell.text) for table in proderm.tables for row in table.rows for cell in row.cells)
        assert len(rows) == filled
        assert {row["table"] for row in rows} == {table.number for table in proderm.tables}

    def test_csv_of_one_table_is_as_shown(self, proderm):
        table = proderm.tables["14.2.1"]
        assert list(csv.DictReader(io.StringIO(table.to_csv()))) == table.to_dicts()

    def test_json_holds_titles_and_footnotes(self, proderm):
        record = json.loads(proderm.tables.to_json())
        assert [table["number"] for table in record["tables"]] == [table.number for table in proderm.tables]
        assert record["tables"][2]["footnotes"] == list(proderm.tables.tables[2].footnotes)
        assert record["simulated"] is True

    def test_two_columns_of_one_name_are_kept_apart(self, proderm):
        table = replace(proderm.tables["14.1.1"], columns=(proderm.tables["14.1.1"].columns[0],) * 3)
        assert len(table.to_dicts()[0]) == 6


class TestHtml:
    def test_the_page_asks_for_nothing_from_outside(self, proderm):
        page = proderm.tables.to_html()
        assert not re.search(r"https?:|//[a-z]|<script|<link|@import|url\(|src=", page.replace("http-equiv", ""))
        assert "default-src 'none'" in page

    def test_it_shows_every_table_with_its_cells(self, proderm):
        page = proderm.tables.to_html()
        assert page.count("<table") == len(proderm.tables)
        for table in proderm.tables:
            assert f'id="table_{table.number.replace(".", "_")}"' in page
            assert f'href="#table_{table.number.replace(".", "_")}"' in page
        shown = re.findall(r'<td[^>]*class="gt_row gt_left"[^>]*>(.*?)</td>', page)
        cells = [cell for table in proderm.tables for row in table.rows for cell in row.cells]
        marks = [f" [{cell.mark}]" if cell.mark else "" for cell in cells]
        text = [unescape(cell).lstrip("\N{FIGURE SPACE}") for cell in shown]
        assert sorted(text) == sorted(cell.text + mark for cell, mark in zip(cells, marks, strict=True))

    def test_what_means_something_in_html_is_escaped(self, proderm):
        table = proderm.tables["14.1.1"]
        bad = replace(
            table, titles=("<script>alert(1)</script>", "a & b"), population="<i>", stub="<u>",
            rows=(Row("<b>", "<s>", "<em>", tuple(Cell("<img src=x>") for _ in table.columns)),),
            footnotes=("<a>",), sources=("<p>",),
        )  # fmt: skip
        html = bad.to_gt().as_raw_html()
        assert not re.search(r"<(script|i|u|b|s|em|img|a|p)>|<img", html)
        assert "&lt;script&gt;" in html

    def test_decimal_points_align_by_spaces_as_wide_as_a_digit(self, proderm):
        table = proderm.tables["14.1.1"]
        rows = tuple(Row("", "", "", (Cell(text),)) for text in ("1.5", "12.25", "not estimable"))
        html = replace(table, rows=rows, columns=table.columns[:1]).to_gt().as_raw_html()
        assert "\N{FIGURE SPACE}1.5" in html
        assert ">12.25" in html
        assert ">not estimable" in html


def test_an_outcome_that_is_not_there_is_refused(proderm):
    with pytest.raises(BadInput) as caught:
        tabulate_results(proderm.trial, proderm.results, proderm.study, ["D00", "D1", "Z"])
    assert [fault.got for fault in caught.value.faults] == ["D00", "Z"]
    with pytest.raises(BadInput):
        tabulate_results(proderm.trial, proderm.results, proderm.study, [])


def test_results_without_rows_still_have_tables(proderm):
    empty = replace(proderm.results, rows=proderm.results.rows.clear(), flow=proderm.results.flow.clear(), subjects={})
    tables = tabulate_results(proderm.trial, empty, proderm.study)
    assert "14.1.1" not in {table.number for table in tables}
    assert tables["14.2.1"].rows[0].label == "No result was computed for this outcome."
    assert tables.to_rtf().isascii()
    assert tables.to_html()
