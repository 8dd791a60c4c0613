"""The data card (README.md) of a set: *Datasheets for Datasets* in short, in Spanish, with its tables and columns."""

from ciberaula.datasets.spec import Column, DataSet, Recipe, Table

_PRIVACY = {"identifier": "identificador", "quasi": "cuasi-identificador", "sensitive": "sensible"}
_LICENSED = (
    "Viene con el curso, con licencia CC BY 4.0. `datapackage.json` describe tablas, columnas y llaves en el formato "
    "Frictionless; `croissant.json`, en el formato Croissant."
)
_KEPT = (
    "Mantiene el conjunto el equipo del curso. Si el programa cambia, una prueba obliga a generar de nuevo todos los archivos. "
    "Avise de errores en el repositorio del curso."
)


def card(dataset: DataSet, recipe: Recipe) -> str:
    """The card in Markdown."""
    texts = dataset.card
    again = f"ciberaula datasets build {dataset.name} --rows {recipe.rows} --seed {recipe.seed} --out CARPETA"
    hidden = (
        " Lo que hay que encontrar se sortea aparte, con otra semilla que guarda quien enseña: por eso esta orden da un "
        "conjunto igual en todo lo demás, pero no en eso."
        if dataset.keys
        else ""
    )
    sections = (
        ("1. Motivación", texts.motivation),
        ("2. Composición", f"{texts.composition}\n\n{_tables(dataset)}"),
        ("3. Recolección", texts.collection),
        (
            "4. Preparación",
            f"{texts.preparation}\n\nGenerador: `{dataset.generator}`, semilla {recipe.seed}, {recipe.rows} {dataset.unit}. "
            f"La misma semilla da los mismos bytes:\n\n```\n{again}\n```\n{hidden}".rstrip(),
        ),
        ("5. Usos", texts.uses),
        ("6. Distribución", f"{_LICENSED} {texts.distribution}".rstrip()),
        ("7. Mantenimiento", f"{_KEPT} {texts.maintenance}".rstrip()),
    )
    body = "\n\n".join(f"## {title}\n\n{text.strip()}" for title, text in sections)
    return (
        f"# {dataset.title} (`{dataset.name}`)\n\n"
        "> **Datos simulados.** Ninguna persona, familia, cuenta u organización es real. Los lugares sí existen.\n"
        "> Material formativo: no describe a ninguna población ni servicio.\n\n"
        f"{dataset.summary}\n\n{body}\n\n"
        "*Las siete secciones siguen a Gebru y otras personas (2021), «Datasheets for Datasets», doi 10.1145/3458723.*\n"
    )


def _tables(dataset: DataSet) -> str:
    return "\n\n".join(_table(table) for table in dataset.tables)


def _table(table: Table) -> str:
    about = f"{table.about}\n\n" if table.about else ""
    key = f"Llave: {', '.join(f'`{name}`' for name in table.key)}. " if table.key else ""
    ties = " ".join(
        f"{', '.join(f'`{name}`' for name in one.columns)} remite a `{one.table}`." for one in table.references
    )
    rows = "\n".join(f"| `{column.name}` | {_told(column)} |" for column in table.columns)
    keys = f"\n\n{key}{ties}".rstrip() if key or ties else ""
    return f"### {table.title} (`{table.name}`)\n\n{about}| columna | qué es |\n|---|---|\n{rows}{keys}"


def _told(column: Column) -> str:
    parts = [column.label + (f" ({column.unit})" if column.unit else "")]
    if column.about:
        parts.append(column.about.rstrip("."))
    if column.categories:
        parts.append("valores: " + ", ".join(column.categories))
    if column.role:
        parts.append(f"*{_PRIVACY[column.role]}*")
    if not column.required:
        parts.append("puede faltar")
    return "; ".join(parts).replace("|", "\\|")
