"""Take the pictures of README and docs anew, in Chromium, of a simulated study: ``make pictures``."""

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from myotrial import analyse, load_trial, simulate_study, write_report
from myotrial.web.app import Settings, create_app

TRIAL = "NCT04044690"
TARGET = Path(__file__).parents[1] / "docs" / "images"
PICTURES = {
    "calculator": ("/tis?example=true", 900),
    "classification": ("/classify", 900),
    "muscles": ("/instruments/mmt8-bilateral", 900),
    "trial": (f"/trials/{TRIAL}", 1000),
    "study": ("/study", 1000),
    "outcome": ("/study/outcomes/C0", 1000),
    "figures": ("/study/figures", 1100),
}
"""Picture → the address it is of, and its height."""


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve the application on a free port."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not (server.started and server.servers):
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def save(page: Page, name: str) -> None:
    """Save what is seen, in few colours: a picture in a repository should be small."""
    picture = Image.open(BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(96, dither=Image.Dither.NONE).save(TARGET / f"{name}.png", optimize=True)


def open_when_ready(page: Page, address: str) -> None:
    """Open a page; one of a study that is still being analysed says so, and is asked again."""
    for _ in range(120):
        answer = page.goto(address)
        if answer is not None and answer.status == 200 and page.get_by_text("Look again").count() == 0:
            break
        time.sleep(1)
    page.wait_for_load_state("networkidle")


def main(wanted: list[str]) -> None:
    """Take the pictures named, or all of them."""
    chosen = wanted or [*PICTURES, "report"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        trial = load_trial(TRIAL)
        study = simulate_study(trial, n=126, seed=1)
        study.write(Path(folder) / "study")
        report = write_report(Path(folder) / "report.html", trial, analyse(trial, study), study, subjects=True)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        settings = Settings(study=Path(folder) / "study", trial=TRIAL, unsealed=True)
        with serving(settings) as server:
            for name in chosen:
                address, height = PICTURES.get(name, ("", 900))
                page = browser.new_page(viewport={"width": 1280, "height": height})
                open_when_ready(page, f"{server}{address}" if address else report.as_uri())
                save(page, name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
