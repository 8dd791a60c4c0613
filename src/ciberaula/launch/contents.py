"""A small Jupyter server extension: what is saved of a notebook must still be readable where no kernel runs.

A widget's saved output points at a live model. Reopened without its kernel it would show as an error instead of the static
rendering that every object of ``ciberaula.classroom`` also carries, so the pointer is dropped and the rendering kept.
"""

from typing import Any

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def keep_static_rendering(model: dict[str, Any], **_where: Any) -> None:
    """Jupyter's pre-save hook: change ``model`` (a contents model) in place before it reaches the disk."""
    notebook = model.get("content")
    if model.get("type") != "notebook" or not isinstance(notebook, dict):
        return
    notebook.get("metadata", {}).pop("widgets", None)
    for cell in notebook.get("cells", []):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data.pop(WIDGET_VIEW, None)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "ciberaula.launch.contents"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Hook into the server's contents manager. (A hook named in configuration must be code; this may stay data.)"""
    app.contents_manager.register_pre_save_hook(keep_static_rendering)
