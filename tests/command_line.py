"""The command line as a process of its own, without the workspace that this machine may name."""

import os
import subprocess
import sys
from pathlib import Path


def flockwatch(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "FLOCKWATCH_WORKSPACE"}
    return subprocess.run(
        [sys.executable, "-m", "investigator_ui.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=environment,
        timeout=500,
    )
