"""The profiles of the classroom: what each opens, from where, and with which of nbgrader's parts."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ciberaula.classroom.participant import LOCAL_STUDENT
from ciberaula.files import write_atomic
from ciberaula.i18n import _


@dataclass(frozen=True)
class Profile:
    """``opens`` is the address of the first page, after the server's own; ``page`` is the file that it shows.

    Both start from the server's folder: ``workspace`` under the home, or the course.
    """

    role: str
    title: str
    opens: str
    page: str
    workspace: str | None
    extensions: dict[str, bool]
    hidden: tuple[str, ...]


# Neither a second interface nor a terminal is part of learning or of reading figures; each costs a weak machine memory.
_PLAIN = {"notebook": False, "jupyter_server_terminals": False, "jupyterlab_jupytext": False}
_PLAIN_HIDDEN = (
    "@jupyter/nbgrader:formgrader",
    "@jupyter/nbgrader:create-assignment",
    "@jupyterlab/terminal-extension",
    "@jupyterlab/debugger-extension",
    "jupyterlab-jupytext",
)

PROFILES = {
    "trainee": Profile(
        role="trainee",
        title=_("participante"),
        opens="lab/tree/inicio.ipynb",
        page="inicio.ipynb",
        workspace="aula",
        extensions={
            **_PLAIN,
            "nbgrader.server_extensions.assignment_list": True,
            "nbgrader.server_extensions.validate_assignment": True,
            "nbgrader.server_extensions.formgrader": False,
        },
        hidden=_PLAIN_HIDDEN,
    ),
    "instructor": Profile(
        role="instructor",
        title=_("docente"),
        # A text, so that looking at it neither starts a kernel nor changes a file of the course.
        opens="lab/tree/grading/inicio.md",
        page="grading/inicio.md",
        # formgrader needs the course itself to be inside the server's folder.
        workspace=None,
        extensions={
            "nbgrader.server_extensions.assignment_list": False,
            "nbgrader.server_extensions.validate_assignment": True,
            "nbgrader.server_extensions.formgrader": True,
            # Pairing is for authors (see CONTRIBUTING): here, saving a notebook must not rewrite its source.
            "jupyterlab_jupytext": False,
        },
        hidden=("@jupyter/nbgrader:assignment-list", "jupyterlab-jupytext"),
    ),
    "institution": Profile(
        role="institution",
        title=_("institución"),
        opens="voila/render/institucion.ipynb",
        page="institucion.ipynb",
        workspace="institucion",
        extensions={
            **_PLAIN,
            "nbgrader.server_extensions.assignment_list": False,
            "nbgrader.server_extensions.validate_assignment": False,
            "nbgrader.server_extensions.formgrader": False,
        },
        hidden=(
            *_PLAIN_HIDDEN,
            "@jupyter/nbgrader:assignment-list",
            "@jupyter/nbgrader:validate-assignment",
            "@jupyter/nbgrader:menu",
        ),
    ),
}


@dataclass(frozen=True)
class Server:
    """One server about to run: its profile, the folder it serves, where its own files live, its port and its secret."""

    profile: Profile
    root: Path
    state: Path
    port: int
    token: str

    @property
    def address(self) -> str:
        """The address to give a person, token included."""
        # `reset` opens Lab on this page alone, whatever was open the last time.
        reset = "reset&" if self.profile.opens.startswith("lab/") else ""
        return f"http://localhost:{self.port}/{self.profile.opens}?{reset}token={self.token}"


def new_server(profile: Profile, course: Path, home: Path, port: int) -> Server:
    """A server for ``profile`` with a fresh token."""
    root = home / profile.workspace if profile.workspace else course
    return Server(profile, root, state_folder(profile, home), port, secrets.token_urlsafe(24))


def state_folder(profile: Profile, home: Path) -> Path:
    """Where a profile's Jupyter keeps its configuration, its settings and its trust."""
    return home / "jupyter" / profile.role


def write_configuration(server: Server, course: Path, home: Path) -> dict[str, str]:
    """Write the profile's Jupyter configuration and return the environment in which a server reads it.

    All of it lives under ``home``, apart from what the person may have configured for Jupyter elsewhere on the machine.
    What every profile shares is installed with the package, under ``etc/jupyter``.
    """
    config = server.state / "config"
    write_profile(config, _server_configuration(server), server.profile, server.profile.hidden)
    (config / "jupyter_server_config.json").chmod(0o600)  # It holds the token.
    if server.profile.role == "trainee":
        write_student_configuration(config)
    return environment(server, course, home)


def write_profile(config: Path, server: dict[str, Any], profile: Profile, hidden: Sequence[str]) -> None:
    """Write what a profile adds into a Jupyter configuration folder: server options, first page, hidden parts of Lab."""
    (config / "labconfig").mkdir(parents=True, exist_ok=True)
    _write_json(config / "jupyter_server_config.json", server)
    _write_json(config / "jupyter_lab_config.json", {"LabApp": {"default_url": f"/{profile.opens}"}})
    _write_json(config / "labconfig" / "page_config.json", {"disabledExtensions": dict.fromkeys(hidden, True)})


def write_student_configuration(config: Path) -> None:
    """Tell nbgrader's Assignment List who submits and through which exchange.

    ``student_id`` fixed here is what nbgrader writes in the name of a submission; without it that would be the name of the
    account in the operating system, which no roster knows.
    """
    lines = (
        "# Written by ciberaula start: changes are lost.",
        "from ciberaula.grading.config import configure_exchange",
        "",
        "c = get_config()  # noqa: F821",
        "configure_exchange(c)",
        f"c.CourseDirectory.student_id = {LOCAL_STUDENT!r}",
        "",
    )
    write_atomic(config / "nbgrader_config.py", "\n".join(lines).encode())


def environment(server: Server, course: Path, home: Path) -> dict[str, str]:
    """The server's environment, which its kernels inherit: no token of ours or of anybody's is in it."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().endswith(("_TOKEN", "_SECRET"))}
    own = {
        "CIBERAULA_HOME": str(home),
        "CIBERAULA_ROLE": server.profile.role,
        "JUPYTER_CONFIG_DIR": str(server.state / "config"),
        "JUPYTER_DATA_DIR": str(server.state / "data"),
        "JUPYTER_RUNTIME_DIR": str(server.state / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(server.state / "ipython"),
        "PYTHONUTF8": "1",
    }
    if server.profile.role != "instructor":
        kept.pop("CIBERAULA_DB_URL", None)  # it may hold a password, and every cell of a notebook can read it
    if server.profile.role == "trainee":
        # The workspace is the trainee's whole course: nothing in it leads to what the instructor keeps.
        return {**kept, **own, "CIBERAULA_STUDENT": LOCAL_STUDENT, "CIBERAULA_COURSE": str(server.root)}
    own["CIBERAULA_COURSE"] = str(course)
    if server.profile.role == "instructor":
        own["JUPYTER_CONFIG_PATH"] = str(course / "grading")  # nbgrader_config.py
    return {**kept, **own}


def _server_configuration(server: Server) -> dict[str, Any]:
    return {
        "ServerApp": {
            "ip": "localhost",
            "port": server.port,
            "port_retries": 0,
            "open_browser": False,
            "root_dir": str(server.root),
            # Stops at the first request: everything a person did is on the disk already.
            "answer_yes": True,
            "allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
            "jpserver_extensions": server.profile.extensions,
        },
        "IdentityProvider": {"token": server.token},
        # The kernels that grade are nobody's to choose for a notebook.
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
    }


def _write_json(path: Path, data: dict[str, Any]) -> None:
    write_atomic(path, json.dumps(data, indent=1).encode())
