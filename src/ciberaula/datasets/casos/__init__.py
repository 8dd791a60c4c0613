"""The simulated data set ``casos``: the tables of the case desk, from two years of simulated practice.

Every row satisfies the desk's own rules: done again through :class:`ciberaula.casework.desk.Desk`, nothing is refused and
the same case files come out (``tests/datasets/test_casos_desk.py``). :data:`ENTITY_OF` says which entity each table holds.
"""

from collections.abc import Mapping

import numpy as np

from ciberaula.casework import entities
from ciberaula.datasets.casos import households, process, publication, talking
from ciberaula.datasets.casos.card import CARD
from ciberaula.datasets.casos.sheet import Columns, Sheet, sheet_of
from ciberaula.datasets.casos.staff import organisations, service_words, supervisors, workers
from ciberaula.datasets.casos.tables import TABLES
from ciberaula.datasets.casos.who import NAME
from ciberaula.datasets.spec import DataSet, Portion, Recipe
from ciberaula.i18n import _

ENTITY_OF: Mapping[str, type[object]] = {
    "casos": entities.Case,
    "personas": entities.Person,
    "hogares": entities.Household,
    "preocupaciones": entities.Concern,
    "consentimientos": entities.Consent,
    "evaluaciones": entities.Assessment,
    "planes": entities.Plan,
    "objetivos": entities.Goal,
    "servicios": entities.Service,
    "transiciones": entities.Transition,
    "contactos": entities.Contact,
    "notas": entities.Note,
    "seguimientos": entities.FollowUp,
    "aprobaciones": entities.Approval,
    "cierres": entities.Closure,
    "incidentes": entities.Incident,
    "profesionales": entities.Actor,
}
"""Which entity of the desk a row of each table stands for (``difusion`` and ``organizaciones`` hold none)."""


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """The rows of cases ``first`` … ``last`` in all tables; who works there and where comes with the first."""
    made = tables_of(sheet_of(recipe.seed, recipe.rows, np.arange(first, last + 1, dtype=np.int64)))
    made["difusion"] = publication.publication(recipe.seed, recipe.rows, first, last)
    if first == 1:
        made |= {"profesionales": _staff(), "organizaciones": _organisations()}
    return made


def tables_of(cases: Sheet) -> dict[str, Columns]:
    """The tables of these cases alone."""
    consents, rests = process.consents(cases)
    return {
        "casos": households.cases(cases),
        "personas": households.people(cases),
        "hogares": households.households(cases),
        "preocupaciones": households.concerns(cases),
        "consentimientos": consents,
        "evaluaciones": process.assessments(cases),
        "planes": process.plans(cases),
        "objetivos": process.goals(cases),
        "servicios": process.services(cases),
        "transiciones": process.transitions(cases, rests),
        "contactos": talking.contacts(cases),
        "notas": talking.notes(cases),
        "seguimientos": talking.follow_ups(cases),
        "aprobaciones": process.approvals(cases),
        "cierres": process.closures(cases),
        "incidentes": process.incidents(cases),
    }


def _staff() -> Columns:
    everybody = (*workers(), *supervisors())
    functions = {"caseworker": "trabajo social", "supervisor": "supervisión"}
    return {
        "profesional_id": [one.id for one in everybody],
        "nombre": [one.name for one in everybody],
        "genero": [one.gender for one in everybody],
        "funcion": [functions[one.role] for one in everybody],
        "equipo": [one.team for one in everybody],
        "anios_experiencia": np.array([one.years for one in everybody], dtype=np.int64),
    }


def _organisations() -> Columns:
    return {
        "organizacion_id": [one.id for one in organisations()],
        "nombre": [one.name for one in organisations()],
        "servicio": list(service_words()),
        "sector": [one.sector for one in organisations()],
    }


DATASET = DataSet(
    name=NAME,
    title=_("Casos: la mesa de casos en dos años de práctica simulada"),
    summary=_(
        "Casos, personas, consentimientos, evaluaciones, planes, referencias, contactos y notas de una institución que no existe."
    ),
    unit=_("casos"),
    rows=1500,
    seed=2026,
    tables=TABLES,
    make=make,
    card=CARD,
    generator="ciberaula.datasets.casos",
    sqlite=True,
    portion=5_000,
    keywords=("trabajo social", "gestión de casos", "protección de datos", "datos simulados"),
)
