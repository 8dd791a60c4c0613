"""The sandbox as Jupyter knows it: a kernel provisioner, which a kernel spec names.

``jupyter_client`` starts, interrupts and ends the kernel through it as any other. Of the connection only the shell channel
is answered, over ``ipc``.
"""

import asyncio
import contextlib
import signal
import socket
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerBase

from ciberaula.grading.sandbox import host
from ciberaula.grading.sandbox.levels import passed_on
from ciberaula.grading.sandbox.limits import Limits

_PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "hb_port": 4, "control_port": 5}


class SandboxProvisioner(KernelProvisionerBase):  # type: ignore[misc]
    """A kernel in a sandbox, over a copy of the working folder. ``left`` tells what it left, when it is over.

    ``launch_kernel`` takes ``cwd`` (copied in), and as ``sandbox`` a ``Limits`` and ``datasets`` a folder (or ``None``).
    Raises ``SandboxRefused`` where there is no sandbox: never runs without.
    """

    run: host.Run | None = None

    @property
    def has_process(self) -> bool:
        """Whether a run was begun."""
        return self.run is not None

    @property
    def left(self) -> host.Left | None:
        """What the run left, if it is over."""
        return self.run.left if self.run is not None else None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the names of the sockets; there is no command to format."""
        manager = self.parent
        for name, number in _PORTS.items():
            setattr(manager, name, number)
        manager.write_connection_file()
        prepared: dict[str, Any] = await super().pre_launch(cmd=[], **kwargs)
        return prepared

    async def launch_kernel(
        self,
        cmd: list[str],
        *,
        cwd: str = ".",
        limits: Limits | None = None,
        datasets: Path | None = None,
        **_kwargs: Any,
    ) -> KernelConnectionInfo:
        """Begin the run. The listening socket is made here and given away, so the inside never sees a path of ours."""
        info: KernelConnectionInfo = self.parent.get_connection_info()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{info['ip']}-{info['shell_port']}")
            listener.listen(1)
            key = info["key"].decode() if isinstance(info["key"], bytes) else str(info["key"])
            self.run = host.shared(datasets).run(Path(cwd), listener, key, limits or Limits(), passed_on())
        return info

    async def poll(self) -> int | None:
        """``None`` while it runs."""
        return None if self.run is not None and self.run.left is None else 0

    async def wait(self) -> int | None:
        """Wait for its end."""
        while self.run is not None and self.run.left is None:
            await asyncio.sleep(0.02)
        return 0

    async def send_signal(self, signum: int) -> None:
        """Interrupt it, or end it; there is nothing else to say to it."""
        if self.run is None:
            return
        if signum == signal.SIGINT:
            self.run.interrupt()
        elif signum in (signal.SIGKILL, signal.SIGTERM):
            self.run.end()

    async def kill(self, restart: bool = False) -> None:
        """End it."""
        if self.run is not None:
            self.run.end()

    async def terminate(self, restart: bool = False) -> None:
        """End it: code that a stranger wrote gets no time to say goodbye."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the name of the shell's socket."""
        with contextlib.suppress(OSError, KeyError):
            info = self.parent.get_connection_info()
            Path(f"{info['ip']}-{info['shell_port']}").unlink()
