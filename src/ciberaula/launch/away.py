"""A trainee's folder where ``ciberaula start`` does not run: in a Binder image, where a hub starts the server itself."""

import os
from pathlib import Path

from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir

from ciberaula.classroom.participant import pseudonym
from ciberaula.launch import workspace
from ciberaula.launch.notebooks import refresh_home, sign
from ciberaula.launch.profiles import PROFILES, write_profile
from ciberaula.launch.start import Say
from ciberaula.paths import course_root


def prepare_folder(folder: Path, say: Say) -> None:
    """Make or update a workspace with its assignments at ``folder``; deliveries leave it as one file.

    Raises ``UserError`` where the course or the disk is not there.
    """
    update = workspace.update(folder, workspace.with_assignments(course_root()))
    for note in update.notes:
        say(note)
    sign(update.written, Path(jupyter_data_dir()))
    refresh_folder(folder)


def refresh_folder(folder: Path) -> None:
    """What depends on who opens the folder, and where: the person's pseudonym and the addresses of the home page."""
    pseudonym(folder)
    refreshed = refresh_home(folder, exchange=False, base_url=os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/"))
    sign(refreshed, Path(jupyter_data_dir()))


def configure_hub_server(folder: Path) -> None:
    """Make whatever server the hub starts for this account open ``folder`` with the trainee's profile.

    There is no exchange here, so nothing of nbgrader's lists is shown.
    """
    profile = PROFILES["trainee"]
    extensions = {**profile.extensions, "nbgrader.server_extensions.assignment_list": False}
    hidden = (*profile.hidden, "@jupyter/nbgrader:assignment-list", "@jupyter/nbgrader:menu")
    server = {
        "ServerApp": {
            "root_dir": str(folder.resolve()),
            "default_url": f"/{profile.opens}",
            "jpserver_extensions": extensions,
        }
    }
    write_profile(Path(jupyter_config_dir()), server, profile, hidden)
