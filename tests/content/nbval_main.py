"""pytest with nbval, for a machine that runs much else: kernels talk over files of the folder ``.ajustes``, not over ports
that another program may take before they do, and nbval's own fixed ten seconds for a first word are no limit.
"""

import secrets
import sys
from pathlib import Path
from typing import Any

import pytest
from nbval import kernel  # type: ignore[import-untyped]

_manager, _reply = kernel.KernelManager, kernel.RunningKernel.await_reply


def manager(**options: Any) -> Any:
    if sys.platform != "win32":
        options |= {"transport": "ipc", "ip": str(Path.cwd() / ".ajustes" / f"kernel-{secrets.token_hex(4)}")}
    return _manager(**options)


def await_reply(running: Any, message: str, timeout: float | None = None) -> Any:
    return _reply(running, message, timeout=None if timeout is None else max(timeout, 600))


if __name__ == "__main__":
    kernel.KernelManager, kernel.RunningKernel.await_reply = manager, await_reply
    sys.exit(pytest.main())
