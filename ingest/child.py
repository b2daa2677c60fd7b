"""The reading process: stages one file after another within a limit of memory, so that no file can take the program down.

Started by ingest.reading_process as `python -m ingest.child`. Orders come as lines of JSON on stdin, answers go as lines of
JSON to what was stdout; whatever a library prints goes to stderr.
"""

import json
import os
import resource
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from graph.errors import BadExport, FlockwatchError
from ingest.chunks import ReadingOptions
from ingest.formats import Mapping
from ingest.known import Known, StoredPart
from ingest.staging import FileJob, stage_file

MEMORY = 4 * 2**30  # bytes: a sound file needs less than 1 GB, the index of 50M stored posts about 2 GB


def main() -> None:
    """Serve orders until stdin closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit_resources()
    known = Known([])
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        if "stored" in order:
            known.add([StoredPart(table, Path(file), source) for table, file, source in order["stored"]])
        else:
            _answer(answers, _staged(order["stage"], known, answers))


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the limit does not count what a process maps
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, most))


def _staged(order: dict[str, Any], known: Known, answers: TextIO) -> dict[str, Any]:
    """The answer to one job: its report and parts, or why the file is refused, or what stops the whole import."""
    mapping = None if order["mapping"] is None else Mapping.model_validate_json(order["mapping"])
    options = ReadingOptions(**order["options"])
    job = FileJob(
        Path(order["path"]), order["sha256"], Path(order["folder"]), options, mapping, bool(order["accept_partial"])
    )
    try:
        report, parts = stage_file(job, known, lambda lines: _answer(answers, {"read": lines}))
    except BadExport as refusal:
        return {"refused": refusal.message, "hint": refusal.hint}
    except FlockwatchError as fault:
        return {"fault": type(fault).__name__, "message": fault.message, "hint": fault.hint}
    except MemoryError:
        return {
            "refused": f"{job.path.name} needs more memory than reading one file may take.",
            "hint": "Split the file.",
        }
    except Exception:  # a fault of ours: the parent tells it as one, with this traceback
        return {"bug": traceback.format_exc()}
    return {"report": asdict(report), "parts": [asdict(part) for part in parts]}


def _answer(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
