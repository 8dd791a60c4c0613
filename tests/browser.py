"""Real Chromium, Voila and JupyterLab for the tests marked ``browser``. A missing Chromium makes them fail, never skip.

The network is shut twice: Chromium resolves no host name but this machine's, and its proxy leads nowhere. Whatever a page
asks for outside all the same is noted (``Tab.outside``).
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, Playwright, Request, expect, sync_playwright

from tests.ports import free_port

# A machine that runs the other tests besides may take its time: what is waited for is a state, not a speed.
PATIENCE_S = 240.0
expect.set_options(timeout=PATIENCE_S * 1000)

CHROMIUM = "/usr/bin/chromium"
SHARE = Path(__file__).parents[1] / "src" / "ciberaula" / "share"
_LOCAL = {"127.0.0.1", "localhost", "", None}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    # Nobody listens there: what asks for an address instead of a name gets no further either.
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=127.0.0.1;localhost",
]


@dataclass
class Tab:
    """A page with what went wrong in it: ``outside`` requests attempted, and ``errors`` thrown by scripts."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


_running: list[Playwright] = []


@contextlib.contextmanager
def _playwright() -> Iterator[Playwright]:
    """The one Playwright of this process: it can't be started twice, and two people may have pages open at once."""
    if _running:
        yield _running[0]
        return
    with sync_playwright() as started:
        _running.append(started)
        try:
            yield started
        finally:
            _running.clear()


@contextlib.contextmanager
def chromium_page(
    *, width: int = 1280, height: int = 900, dark: bool = False, timeout_s: float = PATIENCE_S, **context_options: Any
) -> Iterator[Tab]:
    """A fresh profile's page in Spanish, of ``width`` x ``height`` CSS pixels, with the outside network shut."""
    with _playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                locale="es-EC",
                color_scheme="dark" if dark else "light",
                **context_options,
            )
            tab = Tab(context.new_page())
            tab.page.set_default_timeout(timeout_s * 1000)

            def note(request: Request) -> None:
                if urlsplit(request.url).hostname not in _LOCAL:
                    tab.outside.append(request.url)

            # Noted, not intercepted: interception would switch the browser's cache off.
            context.on("request", note)
            tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
            yield tab
        finally:
            browser.close()


@contextlib.contextmanager
def serve_voila(
    notebook: Path, *, template: str = "ciberaula", env: Mapping[str, str] | None = None, options: Sequence[str] = ()
) -> Iterator[str]:
    """Voila on one notebook; yields its address. ``env`` adds to the environment of the server and its kernels."""
    fixed = ["--Voila.ip=127.0.0.1", "--Voila.port_retries=0", "--no-browser"]
    command = ["voila", str(notebook), f"--template={template}", *fixed, *options]
    with TemporaryDirectory() as state, _server(command, "--port={port}", Path(state), notebook.parent, env) as port:
        yield f"http://127.0.0.1:{port}/"


@contextlib.contextmanager
def serve_lab(
    root: Path,
    *,
    env: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    language: str = "es_ES",
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[str]:
    """JupyterLab on the folder ``root``; yields its address, to which ``lab/tree/<path>`` may be added. No token.

    A page may call ``jupyterapp``, JupyterLab's own application object. ``settings`` adds user settings: plug-in id -> values.
    """
    command = [
        "jupyterlab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port_retries=0",
        "--ServerApp.allow_root=True",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={root}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.expose_app_in_browser=True",
        *options,
    ]
    with TemporaryDirectory() as folder:
        state = Path(folder)
        _write_settings(state / "lab-settings", language, settings or {})
        command.append(f"--LabApp.user_settings_dir={state / 'lab-settings'}")
        with _server(command, "--ServerApp.port={port}", state, root, env) as port:
            yield f"http://127.0.0.1:{port}/"


def heard(page: Page) -> None:
    """Wait until the kernel has answered whatever the course's widgets on ``page`` sent: what they show is up to date.

    Before that a press may be none (the desk takes one wish at a time), and an answer may draw anew what it was meant for.
    """
    expect(page.locator(".ciberaula-live[data-waiting]")).to_have_count(0)


def axe_violations(page: Page, selector: str, *, impacts: Sequence[str] = ("serious", "critical")) -> list[str]:
    """What axe-core finds inside ``selector`` of those impacts, one line each: rule, impact, the first element."""
    report = Axe().run(page, context=selector, options={"resultTypes": ["violations"]}).response
    return [
        f"{found['id']} ({found['impact']}): {found['nodes'][0]['html'][:200]}"
        for found in report["violations"]
        if found["impact"] in impacts
    ]


def scrolls_sideways(page: Page, selector: str) -> list[str]:
    """Elements matching ``selector`` that are wider than their own box or than the window."""
    script = """elements => elements.filter(e => e.scrollWidth > e.clientWidth + 1
        || e.getBoundingClientRect().right > window.innerWidth + 1).map(e => e.outerHTML.slice(0, 200))"""
    wide: list[str] = page.locator(selector).evaluate_all(script)
    return wide


def _write_settings(folder: Path, language: str, more: Mapping[str, Mapping[str, Any]]) -> None:
    settings: dict[str, Mapping[str, Any]] = {
        "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/translation-extension/plugin": {"locale": language},
        **more,
    }
    for name, values in settings.items():
        path = folder / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


@contextlib.contextmanager
def _server(
    command: list[str], port_option: str, state: Path, cwd: Path, env: Mapping[str, str] | None
) -> Iterator[int]:
    port = free_port()
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "JUPYTER_PATH": str(SHARE / "jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(state / "ipython"),
        **(env or {}),
    }
    log = state / "server.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, port_option.format(port=port)],
            cwd=cwd,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_open(port, process, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path, limit_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not open port {port}:\n{log.read_text(errors='replace')[-3000:]}")
