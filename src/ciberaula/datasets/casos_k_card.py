"""What is said about ``casos-k``: its ``datapackage.json`` and its Spanish data card.

The card has the seven sections of *Datasheets for Datasets* (Gebru et al., 2021, doi 10.1145/3458723), in short.
"""

_COLUMNS: list[tuple[str, str, str, dict[str, object]]] = [
    ("codigo", "string", "Código del caso simulado; no deriva de ningún dato de la persona", {"unique": True}),
    ("edad", "integer", "Edad en años cumplidos al ingreso", {"minimum": 0, "maximum": 79}),
    ("genero", "string", "Género que la persona declara", {"enum": ["femenino", "masculino", "otra identidad"]}),
    ("provincia", "string", "Provincia de residencia (lugar real del Ecuador)", {}),
    ("canton", "string", "Cantón de residencia (lugar real del Ecuador)", {}),
    ("area", "string", "Área de residencia", {"enum": ["urbana", "rural"]}),
    ("motivo", "string", "Motivo principal de atención (dato sensible en la ficción)", {}),
    ("discapacidad", "string", "Si la persona declara una discapacidad (dato sensible)", {"enum": ["sí", "no"]}),
    ("mes_ingreso", "string", "Año y mes de ingreso", {"pattern": r"2026-0[1-6]"}),
    (
        "canal",
        "string",
        "Canal del primer contacto",
        {"enum": ["mensajería", "llamada", "videollamada", "correo", "presencial"]},
    ),
]


def package(name: str, seed: int, rows: int, size: int, digest: str) -> dict[str, object]:
    """The Frictionless data package (https://specs.frictionlessdata.io/tabular-data-package) of a table of ``size`` bytes."""
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": "Casos simulados para practicar k-anonimato",
        "description": f"Tabla simulada de {rows} casos. Ninguna persona es real. Semilla {seed}.",
        "simulated": True,
        "seed": seed,
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "path": f"{name}.csv",
                "title": "Casos simulados",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": size,
                "hash": f"sha256:{digest}",
                "schema": {
                    "fields": [
                        {
                            "name": column,
                            "type": kind,
                            "description": description,
                            "constraints": {"required": True, **constraints},
                        }
                        for column, kind, description, constraints in _COLUMNS
                    ],
                    "primaryKey": "codigo",
                    "missingValues": [""],
                },
            }
        ],
    }


def card(name: str, seed: int, rows: int) -> str:
    """The data card in Spanish (Markdown). It gives no figure that a graded item asks for."""
    columns = "\n".join(f"| `{column}` | {description} |" for column, _kind, description, _rules in _COLUMNS)
    return f"""# Casos simulados para practicar k-anonimato (`{name}`)

> **Datos simulados.** Ninguna persona, familia o caso de esta tabla es real. Los lugares sí existen.
> Material formativo, no asesoría jurídica.

## 1. Motivación

La tabla sirve para ver, sin riesgo para nadie, cómo una persona puede ser reconocida aunque su nombre no aparezca, y para
practicar cómo se evita. La creó el equipo del Aula de Ciberintervención para el módulo *Protección de datos*.

## 2. Composición

Hay {rows} filas. Cada fila es un caso inventado de un servicio social imaginario. No hay nombres, cédulas, teléfonos ni
direcciones.

| columna | qué es |
|---|---|
{columns}

Cuasi-identificadores (datos que otra persona podría conocer): `edad`, `genero`, `provincia` y `canton`; según quién mire,
también `area`, `discapacidad` y `mes_ingreso`. Datos sensibles: `motivo` y `discapacidad`.

Lo que la tabla trae por construcción: con la edad exacta, el género y el cantón hay casos únicos (k = 1). Si se agrupa la edad
en tramos (0–5, 6–11, 12–17, 18+) y el lugar en regiones, casi todos los grupos tienen tres casos o más. Quedan pocos casos
poco frecuentes que piden otra decisión. Hay además un grupo en el que todos los casos comparten el motivo: allí k no basta.

## 3. Recolección

Nadie fue consultado. Un programa (`ciberaula.datasets.casos_k`) sorteó cada fila con la semilla {seed}. Los pesos del sorteo
son decisión del curso y no estiman nada sobre el Ecuador.

## 4. Preparación

No se limpió nada: la tabla sale completa. Se obtienen los mismos bytes con:

```
python -m ciberaula.datasets {name} --out datasets/{name}
```

## 5. Usos

Para aprender a medir y bajar el riesgo de reidentificación. **No sirve** para describir a la población, comparar provincias ni
entrenar modelos. Que un grupo sea pequeño en la tabla no dice nada de las personas reales de ese lugar o identidad.

## 6. Distribución

Viene con el curso, con licencia CC BY 4.0. `datapackage.json` describe las columnas en el formato Frictionless.

## 7. Mantenimiento

La mantiene el equipo del curso. Si el programa cambia, una prueba obliga a generar de nuevo los tres archivos. Avise de
errores en el repositorio del curso.

*Las siete secciones siguen a Gebru y otras personas (2021), «Datasheets for Datasets», doi 10.1145/3458723.*
"""
