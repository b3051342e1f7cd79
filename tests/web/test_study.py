"""``/study``: the same numbers and figures as the report, masked until unsealed, narrowed by its address."""

import html
import io
import re
from contextlib import redirect_stdout
from html.parser import HTMLParser

import polars as pl
import pytest
from fastapi.testclient import TestClient

import myotrial as mt
from myotrial.cli.app import run
from myotrial.study.narrowing import narrowing_columns
from myotrial.web.app import Settings, create_app
from myotrial.web.study.filters import Filters

FILTER = "?sex=female&age_from=30"
PAGES = ("", "/check", "/flow", "/outcomes", "/outcomes/C0", "/outcomes/C27", "/figures", "/subjects", "/subjects/S001")
DATA = (".json", ".csv", "/check.json", "/check.csv", "/flow.json", "/flow.csv", "/flow.svg", "/outcomes.json",
        "/outcomes/C0.json", "/outcomes/C0.csv", "/figures.json", "/subjects.json", "/subjects.csv",
        "/subjects/S001.json", "/subjects/S001.svg", "/count.json", "/outcomes/C0.rtf",
        "/outcomes/C9.html")  # fmt: skip


class Cells(HTMLParser):
    """The texts of the cells of a page, row by row, below an element with some id."""

    def __init__(self, within, page):
        super().__init__()
        self.rows, self.depth, self.within, self.on, self.cell = [], 0, within, False, False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if self.on:
            self.depth += tag not in {"img", "input", "br"}
        elif dict(attributes).get("id") == self.within:
            self.on, self.depth = True, 1
        if self.on and tag == "tr":
            self.rows.append([])
        elif self.on and tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
            self.cell = True

    def handle_startendtag(self, tag, attributes):
        """Leave out what holds nothing: lines of a drawing."""

    def handle_endtag(self, tag):
        if self.on:
            self.depth -= 1
            self.on = self.depth > 0
            self.cell = self.cell and tag not in {"td", "th"}

    def handle_data(self, data):
        if self.on and self.cell:
            self.rows[-1][-1] += data


def cells(within, page):
    return [[" ".join(cell.split()) for cell in row] for row in Cells(within, page).rows]


@pytest.fixture(scope="module")
def opened(small_trial, small_folder):
    client = TestClient(create_app(Settings(small_folder, str(small_trial), unsealed=True)))
    assert client.get("/study/figures.json").status_code == 200
    return client


@pytest.fixture(scope="module")
def report(small_trial, small_folder):
    """Return what the library makes of the study: definition, data, results and the report."""
    trial = mt.load_trial(small_trial)
    study = mt.read_study(small_folder, trial.schedule.baseline_week, needs=mt.trial_needs(trial))
    results = mt.analyse(trial, study)
    return trial, study, results, mt.render_report(trial, results, study, subjects=True)


def test_figures_are_those_of_the_report(opened, report):
    *_, page = report
    figures = opened.get("/study/figures.json").json()["figures"]
    assert {"figure-km-1", "figure-waterfall", "figure-heatmap", "figure-forest-1-1"} <= {
        each["id"] for each in figures
    }
    web = opened.get("/study/figures").text
    for each in figures:
        image = opened.get(f"/study/figures/{each['id']}.svg").text
        assert image.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1) in page, each["id"]
        assert cells(each["id"], web) == cells(each["id"], page), each["id"]
        assert len(cells(each["id"], web)) == len(each["rows"]) + 1


def test_the_table_of_an_outcome_is_that_of_the_report(opened, report):
    *_, page = report
    reported = [row for row in cells("outcome-1", page) if row]
    shown = [row for row in cells("main", opened.get("/study/outcomes/C0").text) if row]
    found = [row for row in reported if len(row) == 4]  # level and visit, two arms, comparison
    assert len(found) > 20  # with what unfolds
    assert all(row in shown for row in found)


def test_flow_and_headline_are_those_of_the_report(opened, report):
    *_, results, page = report
    image = opened.get("/study/flow.svg").text.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)
    assert image in page
    assert cells("main", opened.get("/study/flow").text)[1:] == cells("figure-flow", page)[1:]
    (told,) = opened.get("/study.json").json()["headlines"]
    shown = html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page)))
    assert all(re.sub(r"\s+", " ", sentence) in shown for sentence in told["sentences"])
    rows = opened.get("/study.json").json()["rows"]
    assert len(rows) == results.rows.height


def test_the_profile_of_a_subject_is_that_of_the_report(opened, report):
    *_, page = report
    image = opened.get("/study/subjects/S003.svg").text.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)
    assert image in page
    summary = opened.get("/study/subjects/S003.json").json()["summary"]
    assert html.escape(summary, quote=False) in page
    assert opened.get("/study/subjects/nobody").status_code == 404


def test_the_tables_to_hand_in_are_those_of_the_library(opened, report):
    trial, study, results, _ = report
    answer = opened.get("/study/outcomes/C0.rtf")
    assert answer.headers["content-type"] == "application/rtf"
    assert 'filename="NCT04044690-C0.rtf"' in answer.headers["content-disposition"]
    assert answer.text == mt.render_tables(trial, results, study, ["C0"], form="rtf")


def test_nothing_of_a_masked_study_tells_an_arm(sealed, small_trial, monkeypatch, caplog, capfd):
    names = [word for arm in mt.load_trial(small_trial).arms for word in (arm.id, arm.label.split()[0])]
    figures = [each["id"] for each in sealed.get("/study/figures.json").json()["figures"]]
    assert "figure-waterfall" in figures
    told = [*PAGES, *DATA, *(f"/figures/{name}.{kind}" for name in figures for kind in ("svg", "csv", "json")),
            "/outcomes/strange", "/subjects/nobody", "/nothing"]  # fmt: skip
    addresses = [f"/study{path}{query}" for path in told for query in ("", FILTER)]
    for address in [*addresses, "/study?sex=x", "/study?arm=x", "/study?stratum=x", "/study/upload"]:
        answer = sealed.get(address)
        assert answer.status_code < 500, address
        found = [name for name in names if re.search(name, answer.text, re.IGNORECASE)]
        assert found == [], address
    rows = sealed.get("/study.json").json()["rows"]
    assert {row["arm"] for row in rows} == {"all"}
    assert {row["reference"] for row in rows} == {None}
    noise = caplog.text + "".join(capfd.readouterr())
    assert not any(name in noise for name in names)


def test_an_unsealed_study_tells_the_arms(opened):
    shown = opened.get("/study/outcomes/C0").text
    assert "Zorblatine 7" in shown
    assert "Quimbyline" in shown
    assert {"risk_difference", "proportion"} <= {row["statistic"] for row in opened.get("/study.json").json()["rows"]}


def test_filters_narrow_what_is_counted(sealed, small_folder):
    subjects = pl.read_csv(small_folder / "subjects.csv", schema_overrides={"site": pl.String})
    expected = subjects.filter(pl.col("sex") == "female", pl.col("age_years") >= 30).height
    told = sealed.get(f"/study/count.json{FILTER}").json()
    assert (told["n_subjects"], told["n_subjects_in_study"]) == (expected, 40)
    assert f"{expected} of 40 subjects" in sealed.get(f"/study/count{FILTER}").text
    assert len(sealed.get(f"/study/subjects.json{FILTER}").json()["subjects"]) == expected
    sites = subjects["site"].unique().sort()[:2].to_list()
    two = sealed.get("/study/count.json", params={"site": sites}).json()["n_subjects"]
    assert two == subjects.filter(pl.col("site").is_in(sites)).height
    nobody = sealed.get("/study?age_from=120")
    assert nobody.status_code == 200
    assert "no subject fits" in nobody.text
    assert sealed.get("/study/outcomes/C0?age_from=120").status_code == 422
    strange = sealed.get("/study/count.json?sex=femal&site=99")
    assert strange.status_code == 422
    assert {fault["column"] for fault in strange.json()["faults"]} == {"sex", "site"}


def test_filters_go_along_with_every_link_and_download(sealed):
    for path in PAGES:
        text = sealed.get(f"/study{path}{FILTER}").text
        links = [html.unescape(link) for link in re.findall(r'(?:href|src)="(/study[^"#]*)"', text)]
        apart = [link for link in links if FILTER[1:] not in link]
        assert set(apart) <= {"/study", f"/study{path}", "/study/subjects", "/study/upload"}, path  # the menu, reset
        assert "sex female; age (years) 30 or more" in html.unescape(text), path
    assert sealed.get(f"/study.json{FILTER}").json()["narrowed"] == "sex female; age (years) 30 or more"
    table = sealed.get(f"/study/outcomes/C0.csv{FILTER}")
    assert "narrowed" in table.headers["content-disposition"]
    assert set(pl.read_csv(table.content)["narrowed"]) == {"sex female; age (years) 30 or more"}
    assert "narrowed to" in sealed.get(f"/study/outcomes/C0.rtf{FILTER}").text


def test_every_link_leads_somewhere(sealed):
    found = {html.unescape(link) for path in PAGES
             for link in re.findall(r'(?:href|src)="(/study[^"#]*)"', sealed.get(f"/study{path}").text)}  # fmt: skip
    quick = [link for link in found if not link.endswith((".rtf", ".html"))]  # those are asked for above
    assert len(quick) > 60
    assert {link: status for link in quick if (status := sealed.get(link).status_code) != 200} == {}


def test_every_column_that_subjects_are_chosen_by_is_a_filter():
    words = {name for name, column in narrowing_columns().items() if not column.numeric}
    assert words <= set(Filters.model_fields)


def test_the_python_and_the_command_that_are_shown_give_the_numbers_that_are_shown(
    sealed, small_trial, small_folder, tmp_path, monkeypatch
):
    page = html.unescape(sealed.get(f"/study/outcomes/C0{FILTER}").text)
    command, python = re.findall(r"<code>(.*?)</code>", page, re.DOTALL)
    (tmp_path / small_trial.name).write_bytes(small_trial.read_bytes())
    (tmp_path / small_folder.name).symlink_to(small_folder)
    monkeypatch.chdir(tmp_path)
    shown = sealed.get(f"/study/outcomes/C0.json{FILTER}").json()["rows"]
    with redirect_stdout(io.StringIO()) as out:
        names = {}
        exec(python, names)  # noqa: S102  (what the page tells a reader to run)
    assert names["results"].rows.filter(outcome="C0").to_dicts() == shown
    assert "shape" in out.getvalue()
    words = command.partition("#")[0].split()
    assert words[0] == "myotrial"
    with redirect_stdout(io.StringIO()) as out:
        assert run(words[1:]) == 0
    printed = pl.read_csv(io.StringIO(out.getvalue()), infer_schema_length=None).filter(outcome="C0")
    downloaded = pl.read_csv(sealed.get(f"/study/outcomes/C0.csv{FILTER}").content, infer_schema_length=None)
    assert printed.select("statistic", "estimate", "n").rows() == downloaded.select("statistic", "estimate", "n").rows()


@pytest.mark.parametrize("path", ["/figures", "/flow", "/subjects/S001", ""])
def test_every_other_python_that_is_shown_runs(sealed, small_trial, small_folder, tmp_path, monkeypatch, path):
    page = html.unescape(sealed.get(f"/study{path}").text)
    python = re.findall(r"<code>(.*?)</code>", page, re.DOTALL)[-1]
    ending = python.partition("results = mt.analyse(trial, study, masked=True)")[2]
    assert ending
    (tmp_path / small_trial.name).write_bytes(small_trial.read_bytes())
    monkeypatch.chdir(tmp_path)
    trial = mt.load_trial(small_trial)
    study = mt.read_study(small_folder, trial.schedule.baseline_week, needs=mt.trial_needs(trial), masked=True)
    results = _masked_results(trial, study)
    with redirect_stdout(io.StringIO()):
        exec(ending, {"mt": mt, "trial": trial, "study": study, "results": results})  # noqa: S102
    for file in tmp_path.glob("*.svg"):
        name = {"flow": "/flow.svg", "profile": "/subjects/S001.svg"}.get(file.stem, f"/figures/{file.name}")
        plain = sealed.get(f"/study{name}").text.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)
        assert file.read_text(encoding="utf-8").replace(' xmlns="http://www.w3.org/2000/svg"', "", 1) == plain, name
    assert list(tmp_path.glob("*.svg")) or list(tmp_path.glob("*.html"))


_HELD = {}


def _masked_results(trial, study):
    """Return the masked results, computed once."""
    if "masked" not in _HELD:
        _HELD["masked"] = mt.analyse(trial, study, masked=True)
    return _HELD["masked"]


def test_a_study_with_faults_shows_all_of_them_and_is_no_error_page(small_trial, tmp_path, small_folder):
    visits = pl.read_csv(small_folder / "visits.csv", infer_schema=False)
    wrong = visits.with_row_index().with_columns(
        physician_global_cm=pl.when(pl.col("index") == 3).then(pl.lit("63")).otherwise("physician_global_cm"),
        haq_di=pl.when(pl.col("index") == 5).then(pl.lit("x")).otherwise("haq_di"),
    )
    wrong.drop("index").write_csv(tmp_path / "visits.csv")
    (tmp_path / "events.csv").write_text("subject_id,day,kind,reason\nS999,4,rescue,\n", encoding="utf-8")
    client = TestClient(create_app(Settings(tmp_path, str(small_trial))))
    told = client.get("/study/check.json").json()
    places = {(fault["file"], fault["row"], fault["column"]) for fault in told["faults"]}
    assert {("visits.csv", 5, "physician_global_cm"), ("visits.csv", 7, "haq_di")} <= places
    assert told["readable"] is False
    page = client.get("/study/check")
    assert page.status_code == 200
    assert "63 mm is 6.3 cm" in html.unescape(page.text)
    overview = client.get("/study")
    assert overview.status_code == 200
    assert "cannot be analysed" in overview.text
    table = pl.read_csv(client.get("/study/check.csv").content, infer_schema_length=None)
    assert table.filter(kind="fault").height == len(told["faults"])
    assert client.get("/study/outcomes/C0").status_code == 422
    for text in (page.text, overview.text):
        assert str(tmp_path) not in text


def test_a_study_of_other_arms_says_so_in_its_check(small_trial, study_folder):
    """What only the analysis finds stands there as well."""
    client = TestClient(create_app(Settings(study_folder, str(small_trial), unsealed=True)))
    faults = client.get("/study/check.json").json()["faults"]
    assert {fault["code"] for fault in faults} == {"unknown_arm"}
    assert client.get("/study").status_code == 200
