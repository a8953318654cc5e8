"""The picture of the demo in the README, from a real run: `make picture`.

Runs the demo on a terminal of its own with empty data folders and writes what is then to be read
there as docs/images/demo.svg. Times differ from run to run; everything else should not.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs/images/demo.svg"
PROMPT = "A simple todo API"
COLUMNS = 108
_COMMAND = ["./backend-generator", "create", PROMPT, "--run", "--verify"]
_TOKEN = re.compile(r"\x1b\[(?P<number>\??\d*)(?P<order>[AKhlJ])|(?P<end>\r\n)|(?P<back>\r)")
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main(target: Path) -> int:
    """Write the picture; the exit code is the demo's."""
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        Path(folder).chmod(0o755)
        places = {
            "BACKEND_GENERATOR_HOME": f"{folder}/home",
            "BACKEND_GENERATOR_PROJECTS": f"{folder}/projects",
        }
        Path(places["BACKEND_GENERATOR_HOME"]).mkdir(mode=0o755)
        environment = {**os.environ, **places, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
        environment.pop("NO_COLOR", None)
        subprocess.run([_COMMAND[0], "--help"], cwd=ROOT, check=True, capture_output=True)  # set up
        code, output = _run(environment)
        subprocess.run([_COMMAND[0], "stop", "--all"], cwd=ROOT, env=environment, check=True)
        if code == 0:
            shown = output.replace(folder, "~/backend-generator")
            target.parent.mkdir(exist_ok=True)
            target.write_text(_svg(shown), encoding="utf-8")
        else:
            print(output)
        return code


def _run(environment: dict[str, str]) -> tuple[int, str]:
    """The demo's exit code and everything that it sent to its terminal."""
    ours, inside = pty.openpty()
    process = subprocess.Popen(
        _COMMAND, cwd=ROOT, env=environment, stdin=inside, stdout=inside, stderr=inside
    )
    os.close(inside)
    data = bytearray()
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        data += piece
    os.close(ours)
    return process.wait(), data.decode("utf-8", "replace")


def on_screen(output: str) -> str:
    """What stands on the terminal in the end: lines that were drawn anew stand there once."""
    lines, row, position = [""], 0, 0
    for found in _TOKEN.finditer(output):
        lines[row] += output[position : found.start()]
        position = found.end()
        if found["end"]:
            row += 1
            if row == len(lines):
                lines.append("")
        elif found["back"] or found["order"] == "K":
            lines[row] = "" if found["order"] == "K" or row == len(lines) - 1 else lines[row]
        elif found["order"] == "A":
            row = max(0, row - int(found["number"] or 1))
    lines[row] += output[position:]
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _svg(output: str) -> str:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text(f'$ {" ".join(_COMMAND[:2])} "{PROMPT}" --run --verify', style="bold"))
    console.print(Text.from_ansi(on_screen(output)))
    picture = console.export_svg(
        title="Backend Generator", theme=DEFAULT_TERMINAL_THEME, unique_id="demo"
    )
    return _FONT_FACES.sub("", picture)  # nothing is fetched to look at it


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE))
