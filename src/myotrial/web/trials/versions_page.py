"""``/trials/<id>/versions``: every version that is kept of a trial's records, and what changed between two of them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from myotrial.registry.compare.change import VersionComparison
from myotrial.registry.compare.versions import compare_versions
from myotrial.registry.store.store import Version
from myotrial.web.pages import show_page
from myotrial.web.trials.answers import DATA, PAGE, Name, Told
from myotrial.web.trials.held import Held, look_up, open_store, versions_of

router = APIRouter()

_PATTERN = r"^([0-9a-fA-F]{8,64})?$"
Earlier = Annotated[str, Query(alias="from", pattern=_PATTERN, description="The checksum of the earlier version.")]
Later = Annotated[str, Query(alias="to", pattern=_PATTERN, description="The checksum of the later version.")]


class KeptVersion(Told):
    """A version of a record; see :class:`myotrial.registry.store.store.Version`."""

    sha256: str
    main_id: str
    form: str
    refreshed: str | None
    first_kept: str
    copies: int
    source: str | None
    read_anew: bool
    latest: bool


class VersionsData(Told):
    """The versions of a trial's records, and what changed between two of them if two were named."""

    id: str
    definition_sha256: str | None
    versions: tuple[KeptVersion, ...]
    earlier: str | None
    later: str | None
    changes: VersionComparison | None


@router.get("/trials/{name:path}/versions.json", responses=DATA)
def list_versions_as_json(name: Name, request: Request, earlier: Earlier = "", later: Later = "") -> VersionsData:
    """Return every version that is kept, and what changed between two of them."""
    return _data(name, request, earlier, later)[1]


@router.get("/trials/{name:path}/versions", response_class=HTMLResponse, responses=PAGE)
def show_versions(name: Name, request: Request, earlier: Earlier = "", later: Later = "") -> HTMLResponse:
    """Show every version that is kept with its dates, and what changed between two of them."""
    held, data = _data(name, request, earlier, later)
    by_sum = {version.sha256: version for version in data.versions}
    return show_page(
        "trials/versions.html", "/trials", held=held, data=data, earlier=by_sum.get(data.earlier or ""),
        later=by_sum.get(data.later or ""), records=_grouped(data.versions),
    )  # fmt: skip


def _data(name: str, request: Request, earlier: str, later: str) -> tuple[Held, VersionsData]:
    with open_store(request) as store:
        held = look_up(name, store)
        versions = versions_of(held, store)
        pair = _pair(versions, earlier, later)
        changes = None
        if store is not None and pair is not None:
            changes = compare_versions(store.get(pair[0].sha256), store.get(pair[1].sha256))
    return held, VersionsData(
        id=held.id,
        definition_sha256=held.definition.sha256() if held.definition else None,
        versions=tuple(_kept(version) for version in versions),
        earlier=pair[0].sha256 if pair else None,
        later=pair[1].sha256 if pair else None,
        changes=changes,
    )


def _pair(versions: tuple[Version, ...], earlier: str, later: str) -> tuple[Version, Version] | None:
    """Return the two versions that are named; ``None`` where none is."""
    if not earlier and not later:
        return None
    pair = []
    for beginning in (earlier, later):
        found = [version for version in versions if beginning and version.sha256.startswith(beginning.lower())]
        if len(found) != 1:
            raise HTTPException(404, "The trial has no such version; name an earlier and a later one.")
        pair.append(found[0])
    return pair[0], pair[1]


def _grouped(versions: tuple[KeptVersion, ...]) -> dict[tuple[str, str], list[KeptVersion]]:
    """Return the versions by record, the latest last."""
    groups: dict[tuple[str, str], list[KeptVersion]] = {}
    for version in versions:
        groups.setdefault((version.main_id, version.form), []).append(version)
    return {name: sorted(group, key=lambda version: version.latest) for name, group in groups.items()}


def _kept(version: Version) -> KeptVersion:
    return KeptVersion(
        sha256=version.sha256, main_id=version.main_id, form=version.form, refreshed=version.refreshed,
        first_kept=version.first_kept, copies=version.copies, source=version.source, read_anew=version.read_anew,
        latest=version.latest,
    )  # fmt: skip
