"""The simulated data set ``registro_actividades``: a year of what forty social workers did each day.

What is built in, with any seed: working days and hours of Ecuador, journeys in the country, the school year, the rains of
the coast, and a training in May after which those who took part orient people at a distance more often.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from ciberaula.datasets import phrases
from ciberaula.datasets.cantons import CANTONS, PROVINCES
from ciberaula.datasets.columns import Column as Cells_
from ciberaula.datasets.columns import codes, dates, joined, words
from ciberaula.datasets.draws import Draws, Flags, Whole
from ciberaula.datasets.registro_actividades import cases
from ciberaula.datasets.registro_actividades import vocabulary as w
from ciberaula.datasets.registro_actividades.card import CARD
from ciberaula.datasets.registro_actividades.days import Cells, activities
from ciberaula.datasets.registro_actividades.staff import NAME, Staff, staff
from ciberaula.datasets.spec import YES_NO, Column, DataSet, Portion, Recipe, Reference, Table
from ciberaula.i18n import _

_NOTED = 0.08
_NOTES_A_WORKER = 120  # at the most; tells the notes of different workers apart
_OF_A_KIND = 32  # of these, on activities of one kind
_WORKER = r"T\d{3,}"
_CLOCK = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60))
# Of a hundred, how many end in each of RESULTS: with people; by telephone; through the internet in town and in the
# country; what waits for others; the rest.
_RESULTS_OF = {
    w.VISIT: ((83, 6, 11, 0, 0),) * 2,
    w.INTERVIEW: ((86, 9, 5, 0, 0),) * 2,
    w.CALL: ((78, 4, 18, 0, 0),) * 2,
    w.TELE: ((84, 4, 6, 6, 0), (74, 4, 7, 15, 0)),
    w.VIDEO: ((83, 5, 3, 9, 0), (68, 6, 4, 22, 0)),
    w.COORDINATION: ((70, 4, 8, 0, 18),) * 2,
    w.REPORT: ((80, 0, 0, 0, 20),) * 2,
    w.ERRAND: ((66, 6, 0, 0, 28),) * 2,
}
_OTHERWISE = ((97, 3, 0, 0, 0),) * 2
# Fewest and most people of each kind that has any.
_PEOPLE = {w.VISIT: (1, 5), w.INTERVIEW: (1, 3), w.CALL: (1, 1), w.TELE: (1, 2), w.VIDEO: (1, 4), w.GROUP: (6, 25)}


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """What workers ``first`` … ``last`` did, and who they are."""
    draws = Draws(recipe.seed, NAME)
    who = staff(recipe.seed, np.arange(first, last + 1, dtype=np.int64))
    return {"profesionales": _workers(who), "actividades": _activities(draws, who, activities(draws, who))}


def _workers(who: Staff) -> dict[str, Cells_]:
    places = [CANTONS[place] for place in who.canton.tolist()]
    return {
        "profesional_id": codes("T", who.number, 3),
        "institucion_tipo": words(who.institution, w.INSTITUTIONS),
        "area": words(who.rural.astype(np.int64), w.AREAS),
        "canton_id": [place.id for place in places],
        "provincia": [place.province for place in places],
        "canton": [place.name for place in places],
        "anios_experiencia": who.years,
        "formacion_mayo": _yes(who.trained),
    }


def _activities(draws: Draws, who: Staff, cells: Cells) -> dict[str, Cells_]:
    number = who.number[cells.worker]
    rural = who.rural[cells.worker].astype(np.int64)
    channel = _by_kind(draws, cells, "channel", [(_weights(found),) * 2 for found in w.CHANNELS_OF], rural)
    results = [_RESULTS_OF.get(kind, _OTHERWISE) for kind in range(len(w.KINDS))]
    result = _by_kind(draws, cells, "result", results, rural)
    case = cases.link(draws, cells, who.number)
    met = (result == w.DONE) | (result == w.BROKEN)
    return {
        "registro_id": joined(codes("T", number, 3), "-", codes("", _nth(cells.worker) + 1, 4)),
        "profesional_id": codes("T", number, 3),
        "institucion_tipo": words(who.institution[cells.worker], w.INSTITUTIONS),
        "area": words(rural, w.AREAS),
        "fecha": dates(cells.day),
        "hora_inicio": words(cells.start, _CLOCK),
        "minutos": cells.minutes,
        "tipo": words(cells.kind, w.KINDS),
        "canal": words(channel, w.CHANNELS),
        "digital": _yes(np.array(w.DIGITAL)[channel]),
        "caso_id": cases.codes(case),
        "canton_id": words(cases.cantons(case, who.canton[cells.worker]), [canton.id for canton in CANTONS]),
        "personas_atendidas": np.where(met, _people(draws, cells), 0),
        "resultado": words(result, w.RESULTS),
        "observacion": _notes(draws, who, cells, result),
    }


def _by_kind(
    draws: Draws, cells: Cells, stream: str, weights: Sequence[Sequence[Sequence[float]]], rural: Whole
) -> Whole:
    """An index for each activity, drawn by the weights of its kind and area."""
    found = np.zeros(len(cells.row), dtype=np.int64)
    for kind, of in enumerate(weights):
        for area, shares in enumerate(of):
            mine = (cells.kind == kind) & (rural == area)
            found[mine] = draws.pick(cells.row[mine], stream, shares)
    return found


def _weights(found: Mapping[int, float]) -> tuple[float, ...]:
    return tuple(float(found.get(channel, 0)) for channel in range(len(w.CHANNELS)))


def _people(draws: Draws, cells: Cells) -> Whole:
    limits = np.array([_PEOPLE.get(kind, (0, 0)) for kind in range(len(w.KINDS))], dtype=np.int64)[cells.kind]
    return draws.integers(cells.row, "people", limits[:, 0], limits[:, 1])


def _notes(draws: Draws, who: Staff, cells: Cells, result: Whole) -> Cells_:
    """A remark on some of the activities, in the voice of each worker."""
    noted = draws.chance(cells.row, "noted", _NOTED)
    nth = _nth(np.where(noted, cells.worker, -1))
    spot = np.flatnonzero(noted & (nth < _NOTES_A_WORKER))
    worker = who.number[cells.worker[spot]]
    rows = (worker - 1) * _NOTES_A_WORKER + nth[spot]
    voice = draws.pick(worker, "voice", (4, 4, 3))
    told = {"tipo": cells.kind[spot], "resultado": result[spot]}
    written = _book().write(
        draws, "observacion", rows, told, voice, (worker - 1) * _OF_A_KIND + _nth_of_kind(cells, spot)
    )
    back = np.full(len(cells.row), -1, dtype=np.int64)
    back[spot] = np.arange(len(spot))
    return written.take(pa.array(back, mask=back < 0))


def _nth(worker: Whole) -> Whole:
    """How many rows of the same worker come before; rows of a worker stand together, but for those of -1 between them."""
    found = np.zeros(len(worker), dtype=np.int64)
    for one in np.unique(worker):
        mine = np.flatnonzero(worker == one)
        found[mine] = np.arange(len(mine))
    return found


def _nth_of_kind(cells: Cells, spot: Whole) -> Whole:
    """How many remarks of the same worker on activities of the same kind come before."""
    found = np.zeros(len(spot), dtype=np.int64)
    pairs = cells.worker[spot] * len(w.KINDS) + cells.kind[spot]
    for pair in np.unique(pairs):
        mine = np.flatnonzero(pairs == pair)
        found[mine] = np.arange(len(mine))
    return found


def _yes(flags: Flags) -> Cells_:
    return words(np.where(flags, 0, 1), YES_NO)


@cache
def _book() -> phrases.Book:
    folder = Path(phrases.__file__).parent
    files = [folder / "registro_observaciones.txt", folder / "palabras.txt"]
    # The holes that name a person (``ella``, ``inf``) don't occur in remarks. The one topic makes what happened change last.
    dims = {"asunto": ("a",), "tipo": w.KINDS, "resultado": w.RESULTS}
    return phrases.Book(files, dims, {})


_INSTITUTION = Column("institucion_tipo", _("Tipo de institución"), categories=w.INSTITUTIONS)
_AREA = Column("area", _("Área"), categories=w.AREAS)
_PLACE = Column("canton_id", _("Código del cantón"), pattern=r"C\d{3}", about=_("Une con la tabla de conectividad."))

TABLES = (
    Table(
        "profesionales",
        _("Profesionales"),
        (
            Column("profesional_id", _("Profesional"), unique=True, pattern=_WORKER),
            _INSTITUTION,
            _AREA,
            _PLACE,
            Column("provincia", _("Provincia"), categories=PROVINCES),
            Column("canton", _("Cantón")),
            Column("anios_experiencia", _("Años de experiencia"), "integer", low=0, high=45, unit=_("años")),
            Column(
                "formacion_mayo", _("Formación digital en mayo"), categories=YES_NO,
                about=_("Si hizo en mayo de 2025 la formación en atención por medios digitales."),
            ),
        ),
        ("profesional_id",),
    ),
    Table(
        "actividades",
        _("Actividades"),
        (
            Column("registro_id", _("Registro"), unique=True, pattern=_WORKER + r"-\d{4}"),
            Column("profesional_id", _("Profesional"), pattern=_WORKER),
            _INSTITUTION,
            _AREA,
            Column("fecha", _("Fecha"), "date"),
            Column("hora_inicio", _("Hora de inicio"), pattern=r"\d{2}:\d{2}"),
            Column("minutos", _("Duración"), "integer", low=1, high=600, unit=_("minutos")),
            Column("tipo", _("Tipo de actividad"), categories=w.KINDS),
            Column("canal", _("Canal"), categories=w.CHANNELS),
            Column(
                "digital", _("Por internet"), categories=YES_NO,
                about=_("Mensajería, videollamada, correo o plataforma. La llamada telefónica no cuenta."),
            ),
            Column(
                "caso_id", _("Caso"), required=False, pattern=r"SIM-\d{6,}",
                about=_("Código del conjunto «casos». Vacío si la actividad no fue por un caso o no se anotó."),
            ),
            _PLACE,
            Column(
                "personas_atendidas", _("Personas atendidas"), "integer", low=0, high=40, unit=_("personas"),
                about=_("0 si no se atendió a nadie."),
            ),
            Column("resultado", _("Resultado"), categories=w.RESULTS),
            Column("observacion", _("Observación"), required=False),
        ),
        ("registro_id",),
        (Reference(("profesional_id",), "profesionales", ("profesional_id",)),),
    ),
)  # fmt: skip

DATASET = DataSet(
    NAME,
    _("Registro de actividades de trabajo social (simulado)"),
    _("Un año de actividades diarias de 40 profesionales de trabajo social. Todo es simulado."),
    _("profesionales"),
    rows=40,
    seed=2025,
    tables=TABLES[::-1],  # the main one first
    make=make,
    card=CARD,
    generator="ciberaula.datasets.registro_actividades",
    portion=200,
    keywords=(_("sistematización"), _("actividades"), _("teleorientación")),
)
