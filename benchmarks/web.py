"""Fifty people at the calculator at once, by wrk on loopback: errors, and how long a changed value takes.

Each of them changes a value every three seconds for a minute, and each change asks twice, as the page does: for the
score, and then for what stands beside it. The server runs as ``myotrial serve``. Beside it the same load on an
address that computes nothing, and the calculator asked without a pause, which shows what the server can do at most.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

USERS, SECONDS = 50, int(os.environ.get("SECONDS_EACH", "60"))
PAUSE_MS = 3_000
SCRIPT = Path(__file__).with_name("typing.lua")
PROGRAM = Path(sys.executable).with_name("myotrial")


class Load(NamedTuple):
    requests: int
    errors: int
    per_second: float
    median_ms: float
    p95_ms: float
    longest_ms: float


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            with urlopen(f"{address}/healthy") as answer:  # noqa: S310  (our own server)
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def load(address: str, path: str, pause_ms: int, seconds: int = SECONDS) -> Load:
    """Let wrk ask; the first answers of a new server, which read the rules, are not counted."""
    environment = {**os.environ, "PAUSE_MS": str(pause_ms), "ASKED": path}
    command = ["wrk", "-t1", f"-c{USERS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT), address]
    told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)", told)
    assert found, told
    return Load(int(found[1]), int(found[2]), *(float(found[place]) for place in range(3, 7)))


def main() -> None:
    if shutil.which("wrk") is None:
        print("The web application under load: left out, as wrk is not here (apt install wrk, brew install wrk)")
        return
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([PROGRAM, "serve", "--port", str(port)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_for(address)
        load(address, "/tis", 1_000, 8)  # reads the rules, begins the processes
        time.sleep(5)
        floor, typing = (load(address, path, PAUSE_MS) for path in ("/healthy", "/tis"))
        flat = load(address, "/tis", 0)
    finally:
        server.terminate()
        server.wait(10)
    print(
        f"{USERS} users of the calculator for {SECONDS} s, a change every {PAUSE_MS / 1000:g} s each "
        "÷ the same where nothing is computed"
    )
    print(f"  p95     {typing.p95_ms / floor.p95_ms:5.1f}  ({typing.p95_ms:.0f} ms ÷ {floor.p95_ms:.1f} ms; median "
          f"{typing.median_ms:.0f} ms, longest {typing.longest_ms:.0f} ms)")  # fmt: skip
    print(f"  errors  {typing.errors:5d}  of {typing.requests:,} requests")
    print(f"  without a pause: {flat.per_second:.0f} requests/s, p95 {flat.p95_ms:.0f} ms, {flat.errors} errors")


if __name__ == "__main__":
    main()
