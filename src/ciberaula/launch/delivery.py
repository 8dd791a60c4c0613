"""Handing in by file, without a terminal: a form that packs an assignment and offers the file to download."""

import os
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ciberaula.curriculum import load
from ciberaula.errors import UserError
from ciberaula.grading.bundle import write_bundle
from ciberaula.i18n import _

FOLDER = "entregas"


def assignments_in(workspace: Path) -> list[tuple[str, str]]:
    """Title and id of each assignment whose notebook is in the workspace."""
    plan = load(workspace)
    return [
        (task.title, task.id) for task in plan.assignments if (workspace / task.id / f"{task.notebook}.ipynb").is_file()
    ]


def deliver(workspace: Path, assignment: str, student: str) -> str:
    """Pack an assignment into ``entregas/`` and return the HTML that tells the trainee how to take it away.

    What went wrong is told in the same place, in one line.
    """
    try:
        if not student.strip():
            raise UserError(_("Escriba su identificador: es el que le dio su institución."))
        (workspace / FOLDER).mkdir(exist_ok=True)
        target = workspace / FOLDER / f"{assignment}-{student.strip()}.zip"
        file = write_bundle(workspace / assignment, student=student.strip(), target=target)
    except UserError as error:
        return f'<p role="alert">{escape(str(error))}</p>'
    base = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/").rstrip("/")
    address = f"{base}/files/{quote(file.relative_to(workspace).as_posix())}?download=1"
    return (
        f'<p role="status">{escape(_("Su archivo está listo ({kb} kB).").format(kb=file.stat().st_size // 1024 + 1))} '
        f'<a href="{escape(address)}" download>{escape(_("Descargar {name}").format(name=file.name))}</a>. '
        f"{escape(_('Envíelo a su docente por el medio que acordaron.'))}</p>"
    )


def delivery_form(workspace: Path | None = None) -> Any:
    """The form, as a widget. ``workspace`` is the trainee's folder (default: where the notebook runs)."""
    import ipywidgets

    folder = workspace or Path.cwd()
    choices = assignments_in(folder)
    if not choices:
        return ipywidgets.HTML(f"<p>{escape(_('Todavía no hay ninguna tarea en su carpeta: tráigala primero.'))}</p>")
    wide = {"description_width": "12rem"}
    layout = ipywidgets.Layout(width="min(40rem, 95%)")
    task = ipywidgets.Dropdown(options=choices, description=_("Tarea"), style=wide, layout=layout)
    student = ipywidgets.Text(
        value=os.environ.get("CIBERAULA_STUDENT", ""), description=_("Su identificador"), style=wide, layout=layout
    )
    button = ipywidgets.Button(description=_("Preparar mi archivo"), button_style="primary")
    # Assistive technology announces changes only inside a live region that was there before them.
    answer = ipywidgets.HTML('<div aria-live="polite"></div>')

    def prepare(_button: Any) -> None:
        answer.value = f'<div aria-live="polite">{deliver(folder, task.value, student.value)}</div>'

    button.on_click(prepare)
    return ipywidgets.VBox([task, student, button, answer])
