"""The most memory that this process ever had."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_PEAK = re.compile(r"^VmHWM:\s*([0-9]+) kB$", re.MULTILINE)


def peak() -> int:
    """In bytes. On Linux of this program alone: there ``ru_maxrss`` begins with what its parent had."""
    if _STATUS.exists() and (found := _PEAK.search(_STATUS.read_text("ascii", "replace"))):
        return int(found[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
