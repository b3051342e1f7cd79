"""Every fenced example of the documentation runs, page by page, and prints what the page says.

- ``python`` blocks of a page share their names; what they print is compared with the ``text`` block below them, or with
  their own lines that begin with ``# ``.
- ``console`` blocks: a line ``$ command`` runs, and the lines below it are what it shows (``...`` stands for lines left
  out). A status other than 0 is asked for by ``$ echo $?``.
- A comment ``<!-- file: name -->`` above a block makes it a file in the folder of the page; a definition in YAML is
  checked by a command of its page. The outcomes of ``definitions.md`` run in ``tests/trials/test_documentation.py``,
  the examples of ``statistics.md``, each on its own, in ``tests/statistics/test_guide.py``.
"""

import io
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from myotrial.cli.app import run
from myotrial.trials.loading import trial_text

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n+)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
PAGES = sorted(
    path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")
    if "_build" not in path.parts and BLOCK.search(path.read_text(encoding="utf-8"))
)  # fmt: skip
YAML_ELSEWHERE = {"definitions.md": "tests/trials/test_documentation.py"}
ALL_ELSEWHERE = {"statistics.md": "tests/statistics/test_guide.py"}
PREPARED = {"definitions.md": {"my-trial.yaml": "NCT04044690"}}
"""Files that a page tells the reader to make, as a copy of a definition that ships with the package."""


@dataclass
class Page:
    """A page being worked through: its folder, its names, and the status of its last command."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "example"})
    status: int = 0


def blocks(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each block with the ``text`` block that follows it directly, if one does."""
    found = list(BLOCK.finditer(text))
    for block, after in zip(found, [*found[1:], None], strict=True):
        follows = after and after["kind"] == "text" and not text[block.end() : after.start()].strip()
        yield block, after["text"] if after and follows else ""


def same(shown: str, said: str) -> bool:
    """Compare what was printed with what the page says; ``...`` alone on a line stands for any lines."""
    lines = [line.rstrip() for line in said.strip("\n").splitlines()]
    parts = [r"(?:.*\n)*" if line.strip() == "..." else re.escape(line) + r"\n" for line in lines]
    printed = "".join(f"{line.rstrip()}\n" for line in shown.strip("\n").splitlines())
    return re.fullmatch("".join(parts), printed) is not None


def run_python(page: Page, code: str, said: str) -> None:
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "example", "exec"), page.names)  # noqa: S102
    own = "\n".join(line.removeprefix("# ") for line in code.splitlines() if line.startswith("# "))
    if own or said:
        assert same(printed.getvalue(), own or said), f"{code}\nprinted:\n{printed.getvalue()}"


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with what the page shows below it."""
    for part in re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        line, _, shown = part.partition("\n")
        yield line.split(" # ")[0].strip(), shown


def run_console(page: Page, text: str) -> None:
    asked = list(commands(text))
    for (line, said), following in zip(asked, [*(next_line for next_line, _ in asked[1:]), ""], strict=True):
        out, err = run_line(page, line)
        if said.strip():
            assert same(out, said) or same(err + out, said), f"$ {line}\n{out}{err}"
        page.status = 0 if line == "echo $?" else page.status
        assert page.status == 0 or following == "echo $?", f"$ {line}: {page.status}\n{out}{err}"


def run_line(page: Page, line: str) -> tuple[str, str]:
    """Run one command; return what it wrote to stdout and to stderr."""
    words = shlex.split(line)
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), line
        return "", ""
    if words[:2] == ["myotrial", "serve"]:
        return serve(words[1:]), ""
    if words[0] == "myotrial" and "|" not in words and "--version" not in words:
        return run_command(page, line)
    if line == "echo $?":
        return f"{page.status}\n", ""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    names = {**os.environ, "PATH": path}
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=names, check=False)
    page.status = done.returncode
    return done.stdout, done.stderr


def run_command(page: Page, line: str) -> tuple[str, str]:
    call, _, file = line.partition(" > ")
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        page.status = run(shlex.split(call)[1:])
    if file:
        (page.folder / file.strip()).write_text(out.getvalue(), encoding="utf-8")
    return "" if file else out.getvalue(), err.getvalue()


def serve(words: list[str]) -> str:
    """Start the web application as the page says, ask it for a page, stop it; return the address it printed.

    The port is a free one in the place of 8765, which may be taken.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "myotrial"), *words, "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout
        address = server.stdout.readline()
        query = address.strip().partition("?")[2]
        assert ask(server, f"http://127.0.0.1:{port}/tis?{query}") == 200
        if query:
            assert ask(server, f"http://127.0.0.1:{port}/tis") == 401
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
        assert server.stdout
        server.stdout.close()
    return address.replace(f":{port}/", ":8765/")


def ask(server: subprocess.Popen[str], address: str) -> int:
    """Return the status of an answer, once there is one."""
    for _ in range(600):
        assert server.poll() is None, "the server has stopped"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address}")


def run_r(code: str, said: str) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not on this machine: what stands above the R example ran, the R example did not")
    done = subprocess.run(["Rscript", "--vanilla", "-"], input=code, capture_output=True, text=True, check=True)
    assert same(done.stdout, said), done.stdout


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ALL_ELSEWHERE])
def test_the_examples_of_a_page_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    page = Page(tmp_path)
    for file, trial in PREPARED.get(name, {}).items():
        (tmp_path / file).write_text(trial_text(trial), encoding="utf-8")
    for block, below in blocks((DOCS / name).read_text(encoding="utf-8")):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "python":
            run_python(page, block["text"], below)
        elif block["kind"] == "console":
            run_console(page, block["text"])
        elif block["kind"] == "r":
            run_r(block["text"], below)
        elif block["kind"] == "sas":  # no SAS here: the files it reads are there
            assert all(Path(file).is_file() for file in re.findall(r'datafile="([^"]+)"', block["text"])), name
        elif block["kind"] != "yaml" or name not in YAML_ELSEWHERE:
            assert block["kind"] == "text", f"{name}: nothing runs a block of {block['kind'] or 'no language'}"


def test_the_examples_that_run_elsewhere_have_their_test() -> None:
    for name, test in (YAML_ELSEWHERE | ALL_ELSEWHERE).items():
        assert f'"{name}"' in (ROOT / test).read_text(encoding="utf-8")
