"""``datapackage.json``: a data set in the Frictionless form (https://specs.frictionlessdata.io/tabular-data-package)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ciberaula.datasets.spec import Column, DataSet, Recipe, Table

LICENSE_URL = "https://creativecommons.org/licenses/by/4.0/"
_DATETIME_FORMAT = "%Y-%m-%d %H:%M"
_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "sqlite": "application/vnd.sqlite3"}


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the set: its name, its table (``None`` for the SQLite file), rows, bytes and SHA-256."""

    name: str
    table: str | None
    rows: int
    size: int
    digest: str

    @property
    def form(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def media(self) -> str:
        return _MEDIA[self.form]


def description(dataset: DataSet, recipe: Recipe) -> str:
    return (
        f"DATOS SIMULADOS: ninguna persona, familia, cuenta u organización es real. {dataset.summary} "
        f"{recipe.rows} {dataset.unit}, semilla {recipe.seed}."
    )


def datapackage(dataset: DataSet, recipe: Recipe, files: Mapping[str, Written]) -> dict[str, Any]:
    """The package of those ``files`` (table name -> file). Labels stand in ``title`` of each field."""
    return {
        "profile": "tabular-data-package",
        "name": dataset.name.replace("_", "-"),
        "title": dataset.title,
        "description": description(dataset, recipe),
        "simulated": True,
        "generator": dataset.generator,
        "seed": recipe.seed,
        "rows": recipe.rows,
        "keywords": ["simulado", *dataset.keywords],
        "licenses": [
            {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0", "path": LICENSE_URL},
        ],
        "resources": [_resource(table, files[table.name]) for table in dataset.tables],
    }


def _resource(table: Table, file: Written) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name.replace("_", "-"),
        "path": file.name,
        "title": table.title,
        **({"description": table.about} if table.about else {}),
        "format": file.form,
        "mediatype": file.media,
        "encoding": "utf-8",
        # Frictionless reads Parquet without counting its bytes, and takes a count that it can't compare for a wrong one.
        **({} if file.form == "parquet" else {"bytes": file.size, "hash": f"sha256:{file.digest}"}),
        "rows": file.rows,
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.references:
        schema["foreignKeys"] = [
            {
                "fields": list(one.columns),
                "reference": {
                    "resource": "" if one.table == table.name else one.table.replace("_", "-"),
                    "fields": list(one.to),
                },
            }
            for one in table.references
        ]
    return schema


def _field(column: Column) -> dict[str, Any]:
    limits = {
        "required": column.required or None,
        "unique": column.unique or None,
        "enum": list(column.categories) or None,
        "minimum": column.low,
        "maximum": column.high,
        "pattern": column.pattern or None,
    }
    constraints = {name: value for name, value in limits.items() if value is not None}
    optional = {"description": column.about, "unit": column.unit, "privacy": column.role}
    return {
        "name": column.name,
        "title": column.label,
        "type": column.kind,
        **({"format": _DATETIME_FORMAT} if column.kind == "datetime" else {}),
        **{name: value for name, value in optional.items() if value},
        **({"constraints": constraints} if constraints else {}),
    }
