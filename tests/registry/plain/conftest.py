"""Real criteria, read where the records lie; none of their sentences is in this repository."""

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.reading import read_record_text, read_records
from myotrial.registry.record import TrialRecord


def _rows(shared: Path) -> Iterator[TrialRecord]:
    """Yield the two trials that are rows of a table, in the register's form."""
    path = shared / "samples" / "registry" / "myositis_rows" / "trialbench_myositis.json"
    for row in json.loads(path.read_text(encoding="utf-8")):
        module = {"eligibilityCriteria": row["eligibility/criteria/textblock"]}
        identification = {"nctId": row["nct_id"], "briefTitle": row["brief_title"]}
        section = {"identificationModule": identification, "eligibilityModule": module}
        yield read_record_text(json.dumps({"protocolSection": section}))


def _files(shared: Path, *folders: str) -> Iterator[TrialRecord]:
    for folder in folders:
        for path in sorted((shared / folder).glob("*")):
            try:
                yield from read_records(path)
            except BadInput:
                continue  # a page about the samples, or one without a record


@pytest.fixture(scope="session")
def myositis_records(shared: Path) -> list[TrialRecord]:
    return [*_rows(shared), *_files(shared, "samples/registry/myositis_pages", "seeds")]


@pytest.fixture(scope="session")
def other_records(shared: Path) -> list[TrialRecord]:
    names = ("ctgov_v2_json", "multi_registry", "ctgov_xml", "ctgov_classic_json")
    return list(_files(shared, *(f"samples/registry/{name}" for name in names)))


@pytest.fixture(scope="session")
def exported_lines(shared: Path) -> list[str]:
    """Return the criteria of some 700 exported trials, cut at their lines and semicolons."""
    folder = shared / "samples" / "registry" / "ictrp"
    fields = []
    tree = ET.parse(folder / "ICTRP-Results_18Mar2020.xml")  # noqa: S314  (our own sample)
    for trial in tree.getroot():
        fields += [trial.findtext("Inclusion_Criteria") or "", trial.findtext("Exclusion_Criteria") or ""]
    csv.field_size_limit(sys.maxsize)
    path = folder / "ictrp_fullexport_sample_im_127rows.csv"
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        fields += [words for row in csv.reader(file) for words in row if "clusion" in words]
    cut = r"<br\s*/?>|[\r\n;]+|(?:^|\s)\d{1,2}[.)]\s|\s-\s"
    return sorted({" ".join(line.split()) for field in fields for line in re.split(cut, field) if len(line) > 3})
