"""Run the built notebooks of one module by nbval, in a clean copy, under the settings of the build."""

import shutil
import subprocess
import sys
from pathlib import Path

from ciberaula.authoring.running import clean_copy, environment

MAIN = Path(__file__).with_name("nbval_main.py")


def nbval(course, module):
    """Execute every notebook of ``module`` and compare all outputs with the stored ones; a finished pytest process."""
    folder = course / "modules" / module
    with clean_copy(course, folder) as copy:
        for notebook in folder.glob("*.ipynb"):
            shutil.copy(notebook, copy)
        root = copy.parents[1]
        # No configuration of ours inside the run: -c names an empty file, and the copy has no conftest.
        (root / "nada.ini").touch()
        command = [sys.executable, str(MAIN), "--nbval", "--nbval-current-env", "--nbval-cell-timeout=600"]
        command.append("--nbval-kernel-startup-timeout=600")
        options = ["-q", "-c", str(root / "nada.ini"), "--rootdir", str(root), "-p", "no:cacheprovider", "--color=no"]
        return subprocess.run(
            [*command, *options, str(copy)],
            cwd=root,
            env=environment(root),
            capture_output=True,
            text=True,
            check=False,
        )
