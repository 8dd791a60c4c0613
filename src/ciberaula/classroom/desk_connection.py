"""The screen of the connection: taking cases along, what waits to be synchronised, and choosing between two versions."""

from collections.abc import Iterable, Sequence
from typing import Any

from ciberaula.casework.store.protocol import CaseLine, Query
from ciberaula.casework.stories.conflict_texts import Shown
from ciberaula.casework.stories.play import Play
from ciberaula.casework.vocabulary import Status
from ciberaula.classroom.desk_parts import Part, bullets, button, buttons, conflicts, fold, form, line, screen
from ciberaula.classroom.desk_texts import CONNECTED, short_moment
from ciberaula.classroom.fields import Field
from ciberaula.i18n import _, ngettext

_MOST_CASES = 50


def indicator(play: Play) -> str:
    """What is said above every screen: with a connection or not, and what waits."""
    undecided, waiting = len(play.conflicts), play.unsynchronised
    if play.connected:
        return CONNECTED
    if undecided:
        return ngettext("Hay {n} cambio por decidir", "Hay {n} cambios por decidir", undecided).format(n=undecided)
    if not waiting:
        return _("Sin conexión")
    return ngettext(
        "Sin conexión: {n} acción por sincronizar", "Sin conexión: {n} acciones por sincronizar", waiting
    ).format(n=waiting)


def own_cases(user: str) -> Query:
    """The cases that can be taken along."""
    return Query(owner=user, status=Status.OPEN, limit=_MOST_CASES)


def case_fields(lines: Iterable[CaseLine]) -> list[Field]:
    """The form that asks which cases to take."""
    options = [(one.case_id, f"{one.code}: {one.name}") for one in lines]
    return [Field("cases", _("Casos que va a llevar"), "multiple", options, required=True)]


def connection(play: Play, lines: Sequence[CaseLine], sent: int) -> dict[str, Any]:
    """The screen. ``lines``: the cases that can be taken along; ``sent`` keeps apart what was begun in its form."""
    parts: list[Part] = []
    undecided = play.conflicts
    if play.connected:
        parts += _with_a_connection(lines, sent)
    elif undecided:
        parts += _to_decide(undecided)
    else:
        parts += _without(play)
    if play.refused:
        told = [
            _("{when}. {what} {reason}").format(when=short_moment(one.at), what=one.what, reason=one.reason)
            for one in play.refused
        ]
        parts.append(
            fold(_("Lo que la mesa ya no pudo hacer ({n})").format(n=len(told)), [bullets(told)], is_open=True)
        )
    return screen("connection", _("Conexión"), parts)


def _with_a_connection(lines: Sequence[CaseLine], sent: int) -> list[Part]:
    about = line(
        _(
            "Antes de ir a un lugar sin señal, lleve sus casos: podrá leerlos, evaluar, planificar y tomar notas. "
            "Al volver, sincronice."
        )
    )
    if not lines:
        return [about, line(_("Ahora no tiene casos abiertos que llevar."))]
    leave = form(f"llevar:{sent}", case_fields(lines), {"do": "take_along"}, _("Llevar casos sin conexión"))
    return [about, leave]


def _without(play: Play) -> list[Part]:
    waiting = play.unsynchronised
    parts = [
        line(
            ngettext("Tiene {n} acción por sincronizar.", "Tiene {n} acciones por sincronizar.", waiting).format(
                n=waiting
            )
            if waiting
            else _("Todavía no ha hecho nada sin conexión.")
        )
    ]
    if play.away or play.reachable:
        parts.append(line(_("Cuando vuelva a tener señal, sincronice: lo que hizo pasa a la mesa de todo el equipo.")))
        parts.append(buttons(button(_("Sincronizar"), {"do": "synchronise"}, main=True)))
    else:
        parts.append(line(_("Se cayó la conexión. Siga con lo que tiene a mano: al volver se sincroniza solo.")))
    return parts


def _to_decide(undecided: Sequence[Shown]) -> list[Part]:
    n = len(undecided)
    return [
        line(
            ngettext(
                "Usted y otra persona cambiaron lo mismo. Lea las dos versiones y elija cuál queda.",
                "Usted y otra persona cambiaron lo mismo {n} veces. Lea las dos versiones y elija cuál queda en cada una.",
                n,
            ).format(n=n)
        ),
        conflicts([_item(one) for one in undecided], {"do": "synchronise"}, _("Sincronizar")),
    ]


def _item(one: Shown) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": _("{what} ({code})").format(what=one.title, code=one.code),
        "versions": [
            {
                "id": "mine",
                "name": _("Queda lo mío"),
                "when": _("Usted, {when}").format(when=short_moment(one.mine_at)),
                "rows": [[row.label, row.mine] for row in one.rows],
            },
            {
                "id": "theirs",
                "name": _("Queda lo de {name}").format(name=one.by),
                "when": _("{name}, {when}").format(name=one.by, when=short_moment(one.theirs_at)),
                "rows": [[row.label, row.theirs] for row in one.rows],
            },
        ],
    }
