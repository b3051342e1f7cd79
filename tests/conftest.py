"""What several tests need: the real records and figures beside the checkout, and a real browser."""

import os
import shutil
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


def find_browser():
    """Return the path of a Chromium, or ``None``."""
    return os.environ.get("MYOTRIAL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    play = None
    try:
        play = sync_playwright().start()
        found = play.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
    except Exception as error:  # noqa: BLE001  (a driver that cannot run raises nothing more particular)
        if play is not None:
            play.stop()
        why = f"no Chromium can be started (Debian: apt install chromium libatomic1): {str(error).splitlines()[0]}"
        pytest.fail(why) if os.environ.get("MYOTRIAL_NEEDS_BROWSER") else pytest.skip(why)
    yield found
    found.close()
    play.stop()


@pytest.fixture(scope="session")
def axe():
    """Return the source of axe-core."""
    import axe_playwright_python  # noqa: PLC0415

    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


@pytest.fixture
def find_violations(axe):
    """Return what axe-core finds wrong with a page, as rule and element."""

    def build(page):
        page.evaluate(axe)
        found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])")
        return [f"{rule}: {nodes[:3]}" for rule, nodes in found]

    return build
