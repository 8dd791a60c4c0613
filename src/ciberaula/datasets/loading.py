"""Reading the simulated data sets by name, with the column types their ``datapackage.json`` declares."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ciberaula import paths
from ciberaula.errors import UserError
from ciberaula.i18n import _

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {"integer": "int64", "number": "float64", "boolean": "bool", "string": "str"}


def names() -> list[str]:
    """The data sets at hand: every folder of ``datasets/`` with a ``datapackage.json``."""
    return sorted(found.parent.name for found in paths.datasets().glob("*/datapackage.json"))


def load(name: str) -> "pd.DataFrame":
    """The table of that data set, one row per record. Raises ``UserError`` for an unknown name or a damaged file."""
    known = names()
    if name not in known:
        raise UserError(
            _("No hay un conjunto de datos «{name}». Los que hay: {known}.").format(
                name=name, known=", ".join(known) or _("ninguno")
            )
        )
    folder = paths.datasets() / name
    import pandas as pd  # heavy: most lessons need no table

    try:
        path, dtypes, missing = _resource(folder)
        return pd.read_csv(path, dtype=dtypes, keep_default_na=False, na_values=missing, encoding="utf-8")
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise UserError(
            _("Los datos de «{name}» están dañados o incompletos ({folder}): vuelva a copiarlos del curso.").format(
                name=name, folder=folder
            )
        ) from error


def _resource(folder: Path) -> tuple[Path, dict[str, Any], list[str]]:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resource = package["resources"][0]
    schema = resource["schema"]
    dtypes = {column["name"]: _DTYPES[column["type"]] for column in schema["fields"]}
    return folder / Path(resource["path"]).name, dtypes, schema.get("missingValues", [""])
