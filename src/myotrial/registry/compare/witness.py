"""Which register a record speaks for, and at how many removes.

The register itself is trusted over the WHO's copy of it, and that over a page of another site. Copies of one
register's record are one witness.
"""

import re
from functools import cache

from myotrial.model.source import Record
from myotrial.registry import who_portal
from myotrial.registry.forms import pasted, who_fields
from myotrial.registry.record import TrialRecord

LAYERS = ("the register itself", "WHO copy", "page of another site")
"""The order of trust."""

_FORMS = {who_portal.TITLE: 1, who_fields.XML: 1, who_fields.CSV: 1, pasted.TITLE: 2}
_PREFIXES = (
    (r"NCT\d{8}", "ClinicalTrials.gov"),
    (r"(?:EUCTR)?\d{4}-\d{6}-\d{2}(?:-[A-Z]{2,3}|-Outside-EU/EEA)?", "EU Clinical Trials Register"),
    (r"(?:CTIS)?\d{4}-5\d{5}-\d{2}-\d{2}", "EU CTIS"),
    (r"ISRCTN\d{8}", "ISRCTN"),
    (r"NL-OMON\d+|NTR\d+|NL\d{4,5}", "Dutch register"),
    (r"ChiCTR[\w-]+", "ChiCTR"),
    (r"(?:JPRN-)?(?:UMIN|jRCT|JapicCTI)[\w-]+", "Japanese registers"),
    (r"ACTRN\d+p?", "ANZCTR"),
    (r"CTRI/[\w/]+", "CTRI"),
    (r"DRKS\d{8}", "DRKS"),
    (r"IRCT\w+", "IRCT"),
    (r"KCT\d+", "CRiS"),
    (r"PACTR\d+", "PACTR"),
    (r"RBR-\w+", "ReBec"),
    (r"RPCEC\d+", "RPCEC"),
    (r"SLCTR/[\w/]+", "SLCTR"),
    (r"TCTR\d+", "TCTR"),
    (r"PER-\d+-\d+", "REPEC"),
)


class Witness(Record):
    """What a record testifies for.

    Attributes
    ----------
    source, trial
        The register, and its identifier of the trial; ``None`` where the record has none.
    layer
        How far the record is from the register: a place in ``LAYERS``.
    """

    source: str | None
    trial: str | None
    layer: int

    @property
    def key(self) -> str | None:
        """What two records must share to be one witness."""
        return f"{self.source or 'no known register'}: {self.trial}" if self.trial else None


@cache
def register_of(identifier: str) -> str | None:
    """Return the register that an identifier belongs to.

    Examples
    --------
    >>> register_of("NCT04044690"), register_of("2024-516057-42-00"), register_of("IgPro20_3007")
    ('ClinicalTrials.gov', 'EU CTIS', None)
    """
    for pattern, name in _PREFIXES:
        if re.fullmatch(pattern, identifier.strip(), re.IGNORECASE):
            return name
    return None


def find_witness(record: TrialRecord) -> Witness:
    """Return the witness a record stands for.

    Examples
    --------
    >>> page = TrialRecord(form="WHO ICTRP portal page", sha256="0", main_id="NCT04044690")
    >>> find_witness(page).key, LAYERS[find_witness(page).layer]
    ('ClinicalTrials.gov: NCT04044690', 'WHO copy')
    """
    trial = _plain(record.main_id) if record.main_id else None
    source = (register_of(record.main_id) if record.main_id else None) or record.source_register
    return Witness(source=source, trial=trial, layer=_FORMS.get(record.form, 0))


def name_record(record: TrialRecord) -> str:
    """Return what a record is called in a comparison: its identifier, its form and its date.

    Examples
    --------
    >>> name_record(TrialRecord(form="invented", sha256="0", main_id="X1"))
    'X1 (invented)'
    """
    when = f", {record.date_last_refreshed}" if record.date_last_refreshed else ""
    return f"{record.main_id or 'without id'} ({record.form}{when})"


def _plain(identifier: str) -> str:
    """Return an identifier as its own register writes it: the WHO puts EUCTR and a country around, and CTIS before."""
    found = re.fullmatch(r"(?:EUCTR|CTIS)?(\d{4}-\d{6}-\d{2}(?:-\d{2})?)(?:-[A-Z]{2,3}|-Outside-EU/EEA)?", identifier)
    return found[1] if found else identifier.upper()
