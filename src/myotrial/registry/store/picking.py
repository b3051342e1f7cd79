"""Pick versions of a record out of the store, by what a person writes."""

from collections.abc import Sequence

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.dates import read_date
from myotrial.registry.store.store import Store, Version


def pick_version(store: Store, trial: str, beginning: str) -> Version:
    """Return the one version of the records with a number whose sum begins so.

    Raises
    ------
    BadInput
        There is no record with this number, none of its versions begins so, or several do.
    """
    sought = beginning.strip().lower()
    found = [version for version in store.versions(trial) if sought and version.sha256.startswith(sought)]
    if len(found) != 1:
        message = "several versions begin so" if found else "the record has no such version"
        raise BadInput([Fault("not_found", message, got=beginning, hint=_listing(trial))])
    return found[0]


def pick_newest(store: Store, trial: str) -> tuple[Version, Version]:
    """Return the latest version of a record and the one before it, the earlier one first.

    Where the copies bear dates of refreshing, the one before is the next in date; else the one that came last.

    Raises
    ------
    BadInput
        There is no record with this number, or it has one version, or several records with it have more.
    """
    versions = store.versions(trial)
    records = dict.fromkeys((version.main_id, version.form) for version in versions)
    several = [each for each in records if sum((v.main_id, v.form) == each for v in versions) > 1]
    if len(several) != 1:
        message = "several records with this number have more than one version"
        if not several:
            message = "the store has one version of this record, and there is nothing to compare it with"
        raise BadInput([Fault("not_found", message, got=trial, hint=_listing(trial))])
    of_one = [version for version in versions if (version.main_id, version.form) == several[0]]
    latest = next(version for version in of_one if version.latest)
    return _last([version for version in of_one if not version.latest]), latest


def _last(versions: Sequence[Version]) -> Version:
    """Return the version with the last date of refreshing; of equals, the one that came last."""
    return max(enumerate(versions), key=lambda pair: (_date(pair[1]), pair[0]))[1]


def _date(version: Version) -> tuple[int, int, int]:
    when = read_date(version.refreshed or "")
    return when.year or 0, when.month or 0, when.day or 0


def _listing(trial: str) -> str:
    return f"myotrial record versions {trial} lists them; NUMBER@CHECKSUM names one (its beginning is enough)"
