"""What several tests need: the real records and figures beside the checkout, which are not part of it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real records and reference figures, or skip the test."""
    if not SHARED.is_dir():
        pytest.skip("the real records and reference figures (../shared) are not on this machine")
    return SHARED


@pytest.fixture
def record_text() -> Path | None:
    """Return the WHO portal text of RECLAIIM, or ``None`` where it is not on this machine."""
    path = SHARED / "seeds" / "004_9861e5926bc956a8.txt"
    return path if path.is_file() else None
