"""Which register a record speaks for, and at how many removes.

The register itself is trusted over the WHO's copy of it, and that over a page of another site. Copies of one
register's record are one witness.
"""

from myotrial.model.source import Record
from myotrial.registry import who_portal
from myotrial.registry.forms import pasted, who_fields
from myotrial.registry.identifiers import find_identifiers, register_called
from myotrial.registry.record import TrialRecord

LAYERS = ("the register itself", "WHO copy", "page of another site")
"""The order of trust."""

_FORMS = {who_portal.TITLE: 1, who_fields.XML: 1, who_fields.CSV: 1, pasted.TITLE: 2}


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


def find_witness(record: TrialRecord) -> Witness:
    """Return the witness a record stands for.

    Examples
    --------
    >>> page = TrialRecord(form="WHO ICTRP portal page", sha256="0", main_id="NCT04044690")
    >>> find_witness(page).key, LAYERS[find_witness(page).layer]
    ('ClinicalTrials.gov: NCT04044690', 'WHO copy')
    """
    trial = _plain(record.main_id) if record.main_id else None
    source = (register_called(record.main_id) if record.main_id else None) or record.source_register
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
    known = find_identifiers(identifier) if register_called(identifier) else ()
    return known[0].key if len(known) == 1 else identifier.upper()
