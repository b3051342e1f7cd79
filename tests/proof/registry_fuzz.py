"""Damage registry records in every way we can think of and read them: the answer is a record or a BadInput.

    python tests/proof/registry_fuzz.py --minutes 10 --seed 1 [folder of records ...]

Without a folder the damaged records are the small ones below, which hold every form. A record with a lost sign is
also resolved, taken apart and checked. Any other exception, and any reading of more than a few seconds, is a
failure: the seed and the damage are printed, and the exit status is 1.
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from myotrial.model.errors import BadInput
from myotrial.registry.checking import check_record
from myotrial.registry.reading import read_records
from myotrial.registry.resolving import require_signs, resolve_comparators, restore_signs

SLOW_SECONDS = 20.0
LARGEST = 60_000
"""Bytes of a record that is damaged whole; of a longer one a piece from the front is taken."""

_CRITERIA = (
    "Inclusion Criteria:\\n\\n* Aged \\\\> 18 years and MMT-8 \\\\< 142 or CDASI = 14\\n"
    "  1. x\\n\\nExclusion Criteria:\\n\\n* 109/L"
)
V2 = (
    '{"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "A"}, "statusModule":'
    ' {"startDateStruct": {"date": "2019-08", "type": "ACTUAL"}, "studyFirstSubmitDate": "2019-07-30"},'
    ' "designModule": {"enrollmentInfo": {"count": 12, "type": "ESTIMATED"}, "phases": ["PHASE2"]},'
    ' "outcomesModule": {"primaryOutcomes": [{"measure": "M \\\\[x\\\\]", "timeFrame": "Week 4"}]},'
    f' "eligibilityModule": {{"eligibilityCriteria": "{_CRITERIA}", "minimumAge": "18 Years"}},'
    ' "contactsLocationsModule": {"centralContacts": [{"name": "N", "phone": "1"}]}}, "hasResults": false}'
)
CLASSIC = (
    '{"FullStudiesResponse": {"APIVrs": "1", "FullStudies": [{"Rank": 1, "Study": {"ProtocolSection":'
    ' {"IdentificationModule": {"NCTId": "NCT00000002", "BriefTitle": "B"}, "OutcomesModule": {"PrimaryOutcomeList":'
    ' {"PrimaryOutcome": [{"PrimaryOutcomeMeasure": "M", "PrimaryOutcomeTimeFrame": "4 weeks"}]}}}}}]}}'
)
XML = (
    '<?xml version="1.0" encoding="UTF-8"?><clinical_study rank="1"><id_info><nct_id>NCT00000003</nct_id></id_info>'
    '<brief_title>C &lt;x&gt;</brief_title><start_date type="Actual">May 2019</start_date><enrollment>30</enrollment>'
    "<primary_outcome><measure>M</measure><time_frame>1 week</time_frame></primary_outcome><eligibility><criteria>"
    "<textblock>Inclusion Criteria:\n\n  -  a = 3\n\n     -  b\n\nExclusion Criteria:\n\n  -  c</textblock></criteria>"
    "<gender>All</gender><minimum_age>18 Years</minimum_age></eligibility></clinical_study>"
)
EXPORT = (
    "<Trials_downloaded_from_ICTRP><Trial><TrialID>ChiCTR1</TrialID><Public_title>D</Public_title><Date_registration>"
    "2020-02-17</Date_registration><Target_size>a:20;b:20;</Target_size><Inclusion_Criteria>Inclusion criteria: 1. "
    "18 = age = 65;\n&lt;br&gt;2. platelets = 75 x 109/L</Inclusion_Criteria>"
    "<Primary_outcome>p;q [4 weeks];</Primary_outcome>"
    "</Trial><Trial><TrialID>NCT00000004</TrialID><Public_title>E</Public_title></Trial></Trials_downloaded_from_ICTRP>"
)
CSV = (
    "TrialID,public_title,Scientific_title,url,Inclusion_Criteria,Exclusion_Criteria,Agemin,Gender,Target_size\n"
    'NCT00000005,F,"G, g",http://x,"<br>Inclusion Criteria:<br> - MMT-8 = 142<br>",NULL,18 Years,All,40\n'
    "DRKS00000001,H,NULL,NULL,a,b,NA,Both,NA\n"
)
CSV_OF_COVID = (
    "TrialID,Last Refreshed on,Public title,Contact Lastname,Contact Tel,Inclusion Criteria\n"
    "NCT00000008,1 May 2020,M,Name,+44 20 7946 0000,Age = 18 years\n"
)
CTIS = (
    '{"ctNumber": "2023-500000-11-00", "ctStatus": "4", "startDateEU": "28/04/2021", "authorizedApplication":'
    ' {"authorizedPartI": {"rowSubjectCount": 3, "trialDetails": {"trialInformation": {"eligibilityCriteria":'
    ' {"principalInclusionCriteria": [{"number": 2, "principalInclusionCriteria": "x ≥ 1"}, {"number": 1,'
    ' "principalInclusionCriteria": "y"}]}, "endPoint": {"primaryEndPoints": [{"number": 1, "endPoint": "z"}]}}}}}}'
)
EUCTR = (
    '{"a2_eudract_number": "2013-000615-24", "a1_member_state_concerned": "Belgium - FPS", "f21_female": "Yes",'
    ' "e3_principal_inclusion_criteria": "1. a\\n2. b", "e51_primary_end_points": "p", "f41_in_the_member_state": 50}'
)
ISRCTN = (
    '{"isrctn": "12345678", "trialDescription": {"title": "I", "primaryOutcome": "1. a\\n2. b"}, "participants":'
    ' {"inclusion": "1. c", "targetEnrolment": "20", "recruitmentStart": "2016-09-01T00:00:00.000Z"}}'
)
ISRCTN_XML = (
    '<allTrials xmlns="http://www.67bricks.com/isrctn" totalCount="1"><fullTrial>'
    '<trial lastUpdated="2026-05-26T15:09:37Z">'
    '<isrctn dateAssigned="2026-05-26T15:09:37Z">00000001</isrctn><trialDescription><title>L</title><primaryOutcomes>'
    '<outcomeMeasure id="a"><variable>v</variable><timepoints>w</timepoints></outcomeMeasure></primaryOutcomes>'
    "</trialDescription><participants><inclusion>1. d</inclusion></participants></trial><contact><surname>S</surname>"
    '</contact><sponsor id="s"><organisation>O</organisation></sponsor></fullTrial></allTrials>'
)
SUBMISSION = (
    "<trials><trial><main><trial_id>PER-1</trial_id><public_title>J</public_title></main><criteria><inclusion_criteria>"
    "- a&#x0D;\n- b</inclusion_criteria></criteria><secondary_ids><secondary_id><sec_id>S</sec_id></secondary_id>"
    "</secondary_ids></trial></trials>"
)
PORTAL = (
    "Register: R\nLast refreshed on: 8 April 2024\nMain ID:  NCT00000006\nProspective Registration: Yes\n"
    "Date of first enrolment: March 2019\nKey inclusion & exclusion criteria\nInclusion Criteria:\n- age = 18 years\n"
    "Primary Outcome(s)\nM [Time Frame: Week 4]\nSecondary ID(s)\nX\n"
)
_ROWS = "".join(f"<tr><td>{line}</td></tr>" for line in PORTAL.splitlines())
HTML = f"<html><body><table>{_ROWS}</table></body></html>"
PASTED = (
    "K (NCT00000007) | Site\nRecruitingPhase 2\nNetherlands44 participantsStarted 2021-09-13\nAge range18 Years\n"
    "SexALL\n"
    "Inclusion Criteria:\n* a \\< 3 and b or c\n* d…\nOutcome measures\nM\nTimeframe: Week 12\nNCT IDNCT00000007\n"
)
CSV_OF_A_SPREADSHEET = "sep=;\r\n" + CSV.replace(",", ";").replace("\n", "\r\n")
WRAPPED = f'{{"meta": {{"total": [1, 2]}}, "data": {{"studies": [{V2}, null, {{"study": {V2}}}, 3]}}}}'
LINES = f"{V2}\n{CLASSIC}\n{ISRCTN}\n"
STRAY = XML.replace("&lt;x&gt;", "< 3 & \x0b &nbsp; &#11;").replace("UTF-8", "windows-1252")
SMALL: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        V2,
        CLASSIC,
        XML,
        EXPORT,
        CSV,
        CSV_OF_COVID,
        CSV_OF_A_SPREADSHEET,
        WRAPPED,
        LINES,
        STRAY,
        CTIS,
        EUCTR,
        ISRCTN,
        ISRCTN_XML,
        SUBMISSION,
        PORTAL,
        HTML,
        PASTED,
    )
)
_VALUES: tuple[object, ...] = (
    None, [], {}, "", " ", 0, -1.5, True, [None], "x…", "2019-13", "18 Years", {"#text": "t"}, "999999999999",
)  # fmt: skip
_PIECES = (
    b"{", b"}", b"[", b"]", b'"', b"\\", b"<", b">", b"&", b"&#0;", b"&amp;", b"]]>", b"<![CDATA[", b"<!--", b",", b":",
    b"=", b"\n", b"\r", b"\t", b"\0", b"\xff", b"\xc3", b"\xe2\x80\xa6", b"\xf0\x9f\x92\x8a", b"null", b"true",
    b"-1", b"<?xml version='1.0' encoding='GBK'?>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b";", b"|", b"sep=;\n",
    b"1e400", b"9" * 400, b"Inclusion Criteria:", b"Exclusion Criteria:", b"Time Frame:", b"\xe2\x89\xa5 18 years",
    b"2019-13-45", b"10\\^9/L", b"a@b.org", b"+44 20 7946 0000", b"1. ", b"* ", b"(", b")", b" and ", b" or ",
)  # fmt: skip


def mangled(data: bytes, chance: Random) -> bytes:
    """Return a JSON record whose values are of other kinds than they should be; other records as they are."""
    try:
        tree = json.loads(data)
    except ValueError:
        return data
    for _ in range(chance.randint(1, 12)):
        here = tree
        while isinstance(here, dict | list) and here:
            key = chance.choice(list(here)) if isinstance(here, dict) else chance.randrange(len(here))
            if chance.random() < 0.25 or not isinstance(here[key], dict | list):
                old = here[key]
                here[key] = deepcopy(chance.choice((*_VALUES, [[old]], {"a": old}, [old, old])))
                break
            here = here[key]
    return json.dumps(tree).encode()


def damaged(data: bytes, chance: Random) -> bytes:
    """Return a record with one to eight damages."""
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1) if data else 0
        length = chance.choice((1, 1, 2, 5, 20, 200))
        how = chance.randrange(7)
        if how == 0:  # a flipped bit
            data = data[:at] + bytes(byte ^ (1 << chance.randrange(8)) for byte in data[at : at + 1]) + data[at + 1 :]
        elif how == 1:
            data = data[:at]
        elif how == 2:
            data = data[:at] + data[at + length :]
        elif how == 3:
            data = data[:at] + chance.choice(_PIECES) + data[at:]
        elif how == 4:
            data = data[:at] + data[at : at + length] * chance.randint(2, 30) + data[at + length :]
        elif how == 5:
            other = chance.randrange(len(data) + 1) if data else 0
            data = data[:at] + data[other : other + length] + data[at + length :]
        else:
            data = data[:at] + chance.randbytes(length) + data[at + length :]
    return data


def use(file: Path) -> int:
    """Read a file and do with its records all that is done with records; return how many there were."""
    count = 0
    for record in read_records(file):
        count += 1
        known = resolve_comparators(record, [record])
        check_record(known, on=date(2026, 1, 1))
        repr(known)
        known.to_frame()
        known.model_dump_json()
        for passage in (known.criteria.inclusion, known.criteria.exclusion):
            try:
                if passage:
                    restore_signs(known, passage, guesses=True)
                require_signs(known)
            except BadInput:
                pass
    return count


def rounds(records: Sequence[bytes], seed: int) -> Iterator[tuple[int, bytes]]:
    """Yield damaged records without end, each with the seed that makes it."""
    while True:
        chance = Random(seed)  # noqa: S311
        record = chance.choice(records)
        if chance.random() < 0.5 and record.lstrip().startswith((b"{", b"[")):
            yield seed, mangled(record, chance)
        else:
            yield seed, damaged(record[:LARGEST], chance)
        seed += 1


def run(records: Sequence[bytes], *, seed: int, seconds: float, most: int | None = None) -> tuple[int, int, list[str]]:
    """Read damaged records for a while; return how many, how many were still readable, and the failures."""
    begun, tried, readable, failures = time.monotonic(), 0, 0, []
    with TemporaryDirectory() as folder:
        file = Path(folder) / "record"
        for number, data in rounds(records, seed):
            if time.monotonic() - begun > seconds or tried == most:
                return tried, readable, failures
            tried += 1
            file.write_bytes(data)
            started = time.monotonic()
            try:
                readable += use(file) > 0
            except BadInput:
                pass
            except Exception:  # noqa: BLE001  (whatever it is, it is what we look for)
                failures.append(f"seed {number}: {traceback.format_exc(limit=-3)}")
            if time.monotonic() - started > SLOW_SECONDS:
                failures.append(f"seed {number}: {time.monotonic() - started:.1f} s")
    return tried, readable, failures


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    files = [file for folder in options.folders for file in sorted(folder.rglob("*")) if file.is_file()]
    records = [file.read_bytes() for file in files] or list(SMALL)
    tried, readable, failures = run(records, seed=options.seed, seconds=60 * options.minutes)
    sys.stdout.write(f"{tried} damaged records, {readable} still readable, {len(failures)} failures\n")
    sys.stdout.write("".join(f"{failure}\n" for failure in failures[:20]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
