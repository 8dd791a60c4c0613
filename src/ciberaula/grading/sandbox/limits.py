"""What a run may use. The host decides it and sends it in with each run; whoever is inside only obeys."""

from dataclasses import asdict, dataclass
from typing import Any

from ciberaula.classroom import sheetfile

MIB = 2**20
TRIAL_DONE = 42  # the exit code of a trial's process, which got as far as running code would


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds. The defaults are ample for an assignment and small for a machine."""

    cpu_seconds: int = 150
    memory: int = 1024 * MIB  # beyond what the loaded libraries already map
    threads: int = 64
    open_files: int = 256
    file_bytes: int = 32 * MIB
    disk_bytes: int = 64 * MIB  # a copy of a submission may have 50 MB
    files: int = 4096
    reply_bytes: int = 2 * MIB  # what the kernel may send in all; a reply to a cell has about 1 KiB
    sheet_bytes: int = sheetfile.MAX_BYTES

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, for the way in."""
        return asdict(self)
