"""Every figure held of the CDISC pilot's study report, computed from its public data and compared to the printed digit.

The figures are read from the file that holds them, with the page of the report beside each; the test is skipped where
the file or the data are absent. The fits of the analysis of covariance are in ``test_ancova.py`` too, with the numbers
written out.
"""

import json
import struct

import numpy as np
import pytest
from scipy.stats import f as f_law

from myotrial.statistics import describe, estimate_fisher, fit_ancova

ARMS = (0, 54, 81)


@pytest.fixture
def printed(shared_figures):
    return json.loads(shared_figures("cdiscpilot01_published.json").read_text())


def read_columns(path):
    """Columns of a Dataset-JSON file by name."""
    data = json.loads(path.read_text())
    return {column["name"]: np.array(values) for column, values in zip(data["columns"], zip(*data["rows"]))}  # noqa: B905


def read_texts(path, wanted):
    """Text columns of a SAS transport file, version 5."""
    raw = path.read_bytes()
    at = raw.index(b"HEADER RECORD*******NAMESTR")
    count, start = int(raw[at + 54 : at + 58]), at + 80
    fields = {}
    for number in range(count):
        record = raw[start + 140 * number :][:140]
        _, _, length = struct.unpack(">hhh", record[:6])
        fields[record[8:16].decode().strip()] = (struct.unpack(">i", record[84:88])[0], length)
    width = sum(length for _, length in fields.values())
    first = raw.index(b"HEADER RECORD*******OBS") + 80
    rows = [raw[i : i + width] for i in range(first, len(raw) - width + 1, width)]
    rows = [row for row in rows if row.strip()]
    return {n: np.array([row[fields[n][0] :][: fields[n][1]].decode().strip() for row in rows]) for n in wanted}


@pytest.fixture
def week_24(cdisc):
    columns = read_columns(cdisc / "adam_dsjson" / "adadas.json")
    flags = {"EFFFL": "Y", "ITTFL": "Y", "ANL01FL": "Y", "PARAMCD": "ACTOT", "AVISITN": 24}
    kept = np.logical_and.reduce([columns[name] == value for name, value in flags.items()])
    return {name: columns[name][kept] for name in ("AVAL", "BASE", "CHG", "TRTPN", "SITEGR1")}


def test_subjects_of_each_population(cdisc, printed):
    """Table 14-1.01."""
    subjects = read_columns(cdisc / "adam_dsjson" / "adsl.json")
    figures = printed["T14_1_01"]
    sets = {
        "ITT": subjects["ITTFL"] == "Y",
        "SAFETY": subjects["SAFFL"] == "Y",
        "EFFICACY": subjects["EFFFL"] == "Y",
        "COMPLETE_WK24": subjects["COMP24FL"] == "Y",
        "COMPLETE_STUDY": subjects["DCDECOD"] == "COMPLETED",
    }
    assert set(sets) == set(figures) - {"page"}
    for name, chosen in sets.items():
        counts = [int((chosen & (subjects["TRT01PN"] == arm)).sum()) for arm in ARMS]
        assert [*counts, int(chosen.sum())] == figures[name], name


def test_descriptions_at_week_24(week_24, printed):
    """Table 14-3.01: counts, means, standard deviations, medians and ranges."""
    figures = printed["T14_3_01_ANCOVA_ADAS11_CHG_WK24_LOCF"]
    for position, arm in enumerate(ARMS):
        rows = week_24["TRTPN"] == arm
        for name, variable in (("baseline", "BASE"), ("wk24", "AVAL"), ("chg", "CHG")):
            found = describe(week_24[variable][rows])
            mean, sd = figures[f"{name}_mean_sd"][position]
            assert f"{found.mean:.1f} {found.sd:.2f}" == f"{mean:.1f} {sd:.2f}", (arm, variable)
        assert found.n == figures["n"][position]
        assert [found.median, found.minimum, found.maximum] == figures["chg_median_range"][position]


def test_analysis_of_covariance(week_24, printed):
    """Table 14-3.01 and its listing: differences of the doses, type III test, dose response."""
    figures = printed["T14_3_01_ANCOVA_ADAS11_CHG_WK24_LOCF"]
    covariates = {"SITEGR1": week_24["SITEGR1"], "BASE": week_24["BASE"]}
    fits = {reference: fit_ancova(week_24["CHG"], week_24["TRTPN"], covariates, reference) for reference in (0, 54)}
    pairwise, letters = figures["pairwise"], {"L": 54, "H": 81, "P": 0}
    for name in ("H-L", "H-P", "L-P"):
        arm, reference = (letters[letter] for letter in name.split("-"))
        found, expected = fits[reference].differences[arm], pairwise[name]
        assert found.value == pytest.approx(expected["est"], abs=5.1e-8)  # as many digits as the listing has
        assert found.se == pytest.approx(expected["se"], abs=5.1e-8)
        assert (round(found.value / found.se, 2), round(found.p_value, 4)) == (expected["t"], expected["p"])
        assert [round(found.low, 1), round(found.high, 1)] == figures["printed_ci95"][name]
    test, expected = fits[0].arm_test, pairwise["trt_typeIII"]
    assert (test.df, round(test.f, 2), round(test.p_value, 4)) == (expected["df"], expected["F"], expected["p"])
    assert round(test.sum_of_squares, 7) == expected["SS"]
    assert (fits[0].error_df, round(fits[0].mean_square, 6)) == (pairwise["error_df"], pairwise["error_MS"])

    dose, sites = figures["dose_response"], np.unique(week_24["SITEGR1"]).tolist()  # the sites play the arms
    base, number = week_24["BASE"], week_24["TRTPN"].astype(float)
    without = fit_ancova(week_24["CHG"], week_24["SITEGR1"], {"BASE": base}, sites[0])
    fit = fit_ancova(week_24["CHG"], week_24["SITEGR1"], {"BASE": base, "DOSE": number}, sites[0])
    error = fit.mean_square * fit.error_df
    explained = without.mean_square * without.error_df - error
    assert (fit.error_df, round(fit.mean_square, 6)) == (dose["error_df"], dose["error_MS"])
    assert round(explained, 7) == dose["typeIII_SS"]
    f = explained / fit.mean_square
    assert (round(f, 2), round(float(f_law.sf(f, 1, fit.error_df)), 4)) == (dose["F"], dose["p"])
    total = float(((week_24["CHG"] - week_24["CHG"].mean()) ** 2).sum())
    assert round(total - error, 6) == dose["model_SS"]


def test_adverse_events(cdisc, printed):
    """Table 14-5.01: subjects, share, events, and Fisher's p against placebo, for every row held of it."""
    names = ("USUBJID", "TRTA", "TRTEMFL", "AEBODSYS", "AEDECOD")
    events = read_texts(cdisc / "adam_tdf" / "adae.xpt", names)
    figures = dict(printed["T14_5_01_TEAE"])
    sizes, arms = figures.pop("denominator"), [printed["arms"][str(arm)] for arm in ARMS]
    emergent, compared = events["TRTEMFL"] == "Y", 0
    for row, expected in figures.items():
        if not isinstance(expected, dict):
            continue
        chosen = emergent & ((row == "any") | (events["AEBODSYS"] == row) | (events["AEDECOD"] == row))
        inside = [chosen & (events["TRTA"] == arm) for arm in arms]
        counts = [len(set(events["USUBJID"][rows])) for rows in inside]
        assert counts == expected["n"], row
        if "events" in expected:
            assert [int(rows.sum()) for rows in inside] == expected["events"], row
        if "pct" in expected:
            assert [round(100 * count / n, 1) for count, n in zip(counts, sizes, strict=True)] == expected["pct"]
        p_values = [
            estimate_fisher(count, n, counts[0], sizes[0]).p_value
            for count, n in zip(counts[1:], sizes[1:], strict=True)
        ]
        wanted = expected.get("p", expected.get("fisher_p_vs_pbo"))
        if wanted:
            # The report prints "<.001" for the smallest; the file holds 0.001 there.
            for got, p in zip(p_values, wanted, strict=True):
                assert round(got, 3) == p or (p == 0.001 and got < 0.001), row
                compared += 1
    assert compared == 8
