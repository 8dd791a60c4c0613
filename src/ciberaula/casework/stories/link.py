"""The player's connection: taking cases along when it goes, bringing back what was done, and what has to be decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ciberaula.casework import offline
from ciberaula.casework.offline import Choice, Conflict, Synchronised
from ciberaula.casework.stories.player_actions import MOST_CASES
from ciberaula.casework.stories.state import State
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext


@dataclass(frozen=True, slots=True)
class Return:
    """What connecting again came to: ``waiting`` changes to decide, or else what was brought back."""

    waiting: int = 0
    brought: Synchronised | None = None


def take_along(state: State) -> None:
    """The connection goes: what was opened on this desk, and may still be seen, can be worked on. Each is a look."""
    world = state.world
    if world.bag is None:
        player = world.actors[state.story.player]
        cases = offline.open_at(world.desk, player, sorted(state.at_hand))
        state.drops += 1
        world.bag = offline.pack(world.desk, player, cases[:MOST_CASES], action_id=f"o-{state.drops}")


def leave(state: State, cases: Iterable[str], action_id: str) -> None:
    """Go where there is no connection, with these cases. Raises ``Denied`` (audited) or ``UserError``: nobody left."""
    world = state.world
    wanted = list(dict.fromkeys(cases))
    if state.away or (world.bag is not None and state.line_up):
        raise UserError(_("Ya está trabajando sin conexión: sincronice antes de llevarse otros casos."))
    if world.bag is None:
        world.bag = offline.pack(world.desk, world.actors[state.story.player], wanted, action_id=action_id)
    elif not world.bag.cases.issuperset(wanted):
        # The line is down: she takes what there is.
        raise UserError(_("Se cayó la conexión: puede llevarse los casos que ya abrió, y otros cuando vuelva."))
    state.away = True
    held = len(wanted)
    state.tell(
        "connection",
        ngettext("Se lleva {n} caso sin conexión.", "Se lleva {n} casos sin conexión.", held).format(n=held),
    )


def all_conflicts(state: State) -> list[Conflict]:
    """What somebody else revised as well, whether or not she can know of it."""
    bag = state.world.bag
    return offline.conflicts(state.world.desk, bag) if bag is not None else []


def conflicts(state: State) -> list[Conflict]:
    """What has to be decided before anything is brought back. Without a connection nobody knows of it."""
    return all_conflicts(state) if state.reachable else []


def check_return(state: State, keep: Mapping[str, Choice]) -> None:
    """Raise ``UserError`` where there is nothing to come back from, no line yet, or a choice that does not fit."""
    bag = state.world.bag
    if bag is None:
        raise UserError(_("No hay nada que sincronizar: usted trabaja con conexión."))
    if not state.line_up:
        raise UserError(_("Todavía no hay conexión: siga trabajando sin ella y sincronice cuando vuelva."))
    # Whoever has just come back can't know yet what there is to decide.
    if keep or not state.away:
        offline.check_choices(all_conflicts(state), keep)


def come_back(state: State, keep: Mapping[str, Choice]) -> Return:
    """There is a connection: bring back what was done, unless something has to be decided first."""
    world, bag = state.world, state.world.bag
    if bag is None:
        return Return()
    missing = {one.key for one in all_conflicts(state)} - set(keep)
    if missing:
        return Return(waiting=len(missing))
    brought = offline.synchronise(world.desk, bag, keep)
    world.bag = None
    state.refused += brought.refused
    return Return(brought=brought)


def told(back: Return) -> str:
    """How people read what came of it; nothing where nothing had been done."""
    if back.waiting:
        return ngettext(
            "Hay {n} cambio que otra persona también hizo: decida cuál queda y sincronice.",
            "Hay {n} cambios que otra persona también hizo: decida cuál queda en cada uno y sincronice.",
            back.waiting,
        ).format(n=back.waiting)
    if back.brought is None:
        return ""
    done, aside, refused = len(back.brought.done), len(back.brought.set_aside), len(back.brought.refused)
    parts = [
        ngettext(
            "Se sincronizó {n} acción hecha sin conexión.", "Se sincronizaron {n} acciones hechas sin conexión.", done
        ).format(n=done)
        if done
        else "",
        ngettext(
            "Una quedó solo en el historial del caso: se eligió la versión de otra persona.",
            "{n} quedaron solo en el historial del caso: se eligió la versión de otra persona.",
            aside,
        ).format(n=aside)
        if aside
        else "",
        ngettext(
            "La mesa ya no pudo hacer {n}: quedó en el historial con su motivo.",
            "La mesa ya no pudo hacer {n}: quedaron en el historial con su motivo.",
            refused,
        ).format(n=refused)
        if refused
        else "",
    ]
    return " ".join(part for part in parts if part)
