"""Notebooks that the launcher itself puts into a workspace: the home page with its output, and who vouches for them."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ciberaula.files import write_atomic

HOME_PAGE_CALL = "trainee_home("


def refresh_home(
    workspace: Path, *, exchange: bool, offered: Collection[str] | None = None, base_url: str = "/"
) -> list[Path]:
    """Write today's home page into the output of ``inicio.ipynb``, so that it shows without running anything.

    The rest is what ``trainee_home`` takes. Returns the notebook where it changed, to be signed.
    """
    from ciberaula.launch.pages import trainee_home

    path = workspace / "inicio.ipynb"
    if not path.is_file():
        return []
    notebook = json.loads(path.read_bytes())
    page = trainee_home(workspace, exchange=exchange, offered=offered, base_url=base_url)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and HOME_PAGE_CALL in "".join(cell["source"]):
            cell["outputs"] = [_output(page)]
    data = json.dumps(notebook, ensure_ascii=False, indent=1).encode() + b"\n"
    if data == path.read_bytes():
        return []
    write_atomic(path, data)
    return [path]


def _output(page: Any) -> dict[str, Any]:
    data = {"text/html": page._repr_html_().splitlines(True), "text/plain": repr(page).splitlines(True)}
    return {"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data}


def sign(files: list[Path], data: Path) -> None:
    """Mark our own notebooks as trusted in a trust database, so that JupyterLab shows their saved output whole.

    ``data`` is the Jupyter data folder that holds the database; files that are no notebooks are passed over.
    """
    notebooks = [path for path in files if path.suffix == ".ipynb" and path.is_file()]
    if not notebooks:
        return
    import nbformat
    from nbformat.sign import NotebookNotary

    data.mkdir(parents=True, exist_ok=True)
    notary = NotebookNotary(data_dir=str(data))
    for path in notebooks:
        notary.sign(nbformat.read(path, as_version=4))
