"""A small data set of two tables in the form of the course, for the tests of loading and of the explorer."""

import json
from pathlib import Path
from typing import Any

AREAS = ["urbana", "rural"]
SECTORS = ["pública", "privada", "comunitaria"]
OFTEN = ["nunca", "a veces", "siempre"]
PEOPLE: list[dict[str, Any]] = [
    {"name": "persona_id", "title": "Código", "type": "string", "constraints": {"required": True, "unique": True}},
    {"name": "area", "title": "Área", "type": "string", "constraints": {"required": True, "enum": AREAS}},
    {"name": "sector", "title": "Sector", "type": "string", "constraints": {"enum": SECTORS}},
    {
        "name": "edad",
        "title": "Edad",
        "type": "integer",
        "unit": "años",
        "description": "Edad cumplida.",
        "constraints": {"minimum": 18, "maximum": 99},
    },
    {"name": "hijos", "title": "Hijas e hijos", "type": "integer", "constraints": {"required": True, "minimum": 0}},
    {"name": "indice", "title": "Índice de recursos", "type": "number", "constraints": {"required": True}},
    {"name": "frecuencia", "title": "Frecuencia", "type": "string", "constraints": {"enum": OFTEN}},
    {"name": "uso", "title": "Uso regular", "type": "string", "constraints": {"required": True, "enum": ["sí", "no"]}},
    {"name": "fecha", "title": "Fecha", "type": "date"},
    {"name": "momento", "title": "Momento", "type": "datetime", "format": "%Y-%m-%d %H:%M"},
    {"name": "mes", "title": "Mes", "type": "string", "constraints": {"pattern": r"\d{4}-\d{2}"}},
    {"name": "nota", "title": "Nota", "type": "string"},
]
VISITS: list[dict[str, Any]] = [
    {"name": "visita_id", "title": "Visita", "type": "string", "constraints": {"required": True}},
    {"name": "persona_id", "title": "Código", "type": "string", "constraints": {"required": True}},
    {"name": "minutos", "title": "Duración", "type": "integer", "unit": "min", "constraints": {"required": True}},
]


def rows() -> list[list[str]]:
    """60 people. Gaps in ``sector``, ``edad``, ``frecuencia``, ``fecha`` and ``nota``; urban ones have more resources."""
    found = []
    for n in range(60):
        urban = n % 5 < 3
        level = (n * 7) % 10 / 2 + (4 if urban else 0)
        often = OFTEN[min(2, int(level / 3))]
        month = (n * 5) % 6 + 1
        found.append(
            [
                f"P{n:03d}",
                AREAS[0 if urban else 1],
                "" if n % 11 == 10 else SECTORS[n * 3 % 7 % 3],
                "" if n % 13 == 5 else str(20 + (n * 17) % 45),
                str(n % 4),
                f"{level:.1f}",
                "" if n % 17 == 3 else often,
                "sí" if level > 5 else "no",
                "" if n % 19 == 7 else f"2025-{month:02d}-{n % 28 + 1:02d}",
                f"2025-{month:02d}-{n % 28 + 1:02d} {8 + n % 9:02d}:30",
                f"2025-{month:02d}",
                "" if n % 6 == 0 else f'Dijo: "la señal, en {AREAS[n % 2]}, falla" ({n})',
            ]
        )
    return found


def write_set(root: Path, name: str = "mini") -> Path:
    """Write the set into ``root``/``name`` and return that folder. ``visitas`` lies one level down."""
    folder = root / name
    (folder / "tablas").mkdir(parents=True)
    visits = [[f"V{n:03d}", f"P{n % 60:03d}", str(10 + n * 7 % 50)] for n in range(90)]
    _csv(folder / "personas.csv", PEOPLE, rows())
    _csv(folder / "tablas" / "visitas.csv", VISITS, visits)
    package = {
        "profile": "tabular-data-package",
        "name": name,
        "title": "Personas de prueba",
        "description": "DATOS SIMULADOS: nadie es real. Dos tablas pequeñas. 60 personas, semilla 1.",
        "simulated": True,
        "resources": [
            _resource("personas", "personas.csv", "Personas", PEOPLE),
            _resource("visitas", "tablas/visitas.csv", "Visitas", VISITS),
        ],
    }
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    return folder


def _resource(name: str, path: str, title: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "path": path, "title": title, "schema": {"fields": fields, "missingValues": [""]}}


def _csv(path: Path, fields: list[dict[str, Any]], table: list[list[str]]) -> None:
    lines = [",".join(field["name"] for field in fields)]
    for row in table:
        lines.append(
            ",".join('"' + cell.replace('"', '""') + '"' if '"' in cell or "," in cell else cell for cell in row)
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
