"""``croissant.json``: a data set in the Croissant form 1.0 of MLCommons (https://docs.mlcommons.org/croissant/docs/croissant-spec.html)."""

from collections.abc import Mapping
from typing import Any

from ciberaula.datasets.package import LICENSE_URL, Written, description
from ciberaula.datasets.spec import Column, DataSet, Recipe, Table

_CONTEXT: dict[str, Any] = {
    "@language": "es",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_KINDS = {"integer": "sc:Integer", "number": "sc:Float", "date": "sc:Date", "datetime": "sc:DateTime"}
_VERSION = "1.0.0"


def croissant(dataset: DataSet, recipe: Recipe, files: Mapping[str, Written], *, year: int) -> dict[str, Any]:
    """The JSON-LD of those ``files`` (table name -> file); ``year`` of publication."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": dataset.name,
        "description": description(dataset, recipe),
        "license": LICENSE_URL,
        "url": f"https://example.org/ciberaula/datasets/{dataset.name}",
        "version": _VERSION,
        "datePublished": f"{year}-01-01",
        "inLanguage": "es",
        "creator": {"@type": "Organization", "name": "Aula de Ciberintervención"},
        "keywords": ["simulado", *dataset.keywords],
        "citeAs": f"Aula de Ciberintervención ({year}). {dataset.title} [datos simulados].",
        "distribution": [_file(file) for file in files.values()],
        "recordSet": [_records(table, files[table.name]) for table in dataset.tables],
    }


def _file(file: Written) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        "contentSize": f"{file.size} B",
        "encodingFormat": file.media,
        "sha256": file.digest,
    }


def _records(table: Table, file: Written) -> dict[str, Any]:
    """A table. Its foreign keys stand in ``datapackage.json`` alone: readers of Croissant join along them whatever is asked
    for, and stop at a circle (a case names its person, who names her case)."""
    keys = [{"@id": f"{table.name}/{name}"} for name in table.key]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.about or table.title,
        **({"key": keys if len(keys) > 1 else keys[0]} if keys else {}),
        "field": [_field(table, column, file) for column in table.columns],
    }


def _field(table: Table, column: Column, file: Written) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": f"{column.label}. {column.about}".strip(),
        "dataType": _KINDS.get(column.kind, "sc:Text"),
        "source": {"fileObject": {"@id": file.name}, "extract": {"column": column.name}},
    }
