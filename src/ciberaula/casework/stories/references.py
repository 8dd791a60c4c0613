"""Does everything that a story (or its assessment) names exist? Users, people, cases, flags, options, acts that parse.

A :class:`Mistake` says where in the file it lies; whoever reads the file adds its name and line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ciberaula.casework.stories import player_actions
from ciberaula.casework.stories.conditions import Condition, Happening, Match
from ciberaula.casework.stories.player_actions import DESK, LAST, OWN, RESERVED
from ciberaula.casework.stories.spec import ActionData, Effect, Message, Story
from ciberaula.casework.vocabulary import Account, Channel, Data, Purpose, Risk, Role
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Place


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at ``place`` of the file, and what to do (Spanish)."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a story defines, by kind."""

    users: frozenset[str]
    people: frozenset[str]
    organisations: frozenset[str]
    cases: frozenset[str]
    made: frozenset[str]  # ids given to actions, which name what they make
    messages: frozenset[str]
    flags: frozenset[str]
    options: Mapping[str, frozenset[str]]

    @property
    def anybody(self) -> frozenset[str]:
        return self.users | self.people | self.organisations


def effects(story: Story) -> Iterator[tuple[Place, Effect]]:
    """Every effect of the story and where it is written."""
    lists: list[tuple[Place, tuple[Effect, ...]]] = [(("opening",), story.opening)]
    for id, situation in story.situations.items():
        lists.append((("situations", id, "ignored", "effects"), situation.ignored.effects))
        for index, option in enumerate(situation.options):
            lists.append((("situations", id, "options", index, "effects"), option.effects))
    lists += [(("reactions", index, "effects"), reaction.effects) for index, reaction in enumerate(story.reactions)]
    for place, several in lists:
        for index, effect in enumerate(several):
            yield (*place, index), effect


def acts(story: Story) -> Iterator[tuple[Place, ActionData, str | None]]:
    """Every action that the story itself does: where, the data, and the case it may leave out."""
    cases = {person.case for person in story.people.values()}
    only = next(iter(cases)) if len(cases) == 1 else None
    for index, before in enumerate(story.before):
        yield ("before", index, "action"), before.action, only
    for id, situation in story.situations.items():
        for number, option in enumerate(situation.options):
            for index, act in enumerate(option.acts):
                yield ("situations", id, "options", number, "acts", index), act, situation.case or only
    for place, effect in effects(story):
        if effect.act is not None:
            yield (*place, "act", "action"), effect.act.action, only


def conditions(story: Story) -> Iterator[tuple[Place, Condition]]:
    """Every condition of the story and where it is written."""
    for index, answer in enumerate(story.answers):
        if answer.when is not None:
            yield ("answers", index, "when"), answer.when
    for index, reaction in enumerate(story.reactions):
        yield ("reactions", index, "when"), reaction.when
    for place, effect in effects(story):
        if effect.when is not None:
            yield (*place, "when"), effect.when


def inside(condition: Condition) -> Iterator[Condition]:
    """``condition`` and all that it is made of."""
    yield condition
    for several in (condition.all, condition.any, condition.none):
        for one in several or ():
            yield from inside(one)


def names_of(story: Story) -> Names:
    """What ``story`` defines."""
    done = [data for _place, data, _case in acts(story)]
    added = {str(data.get("person")) for data in done if data.get("do") in ("register", "add_person")}
    return Names(
        users=frozenset(story.users),
        people=frozenset(story.people) | added,
        organisations=frozenset(story.organisations),
        cases=frozenset(str(data.get("case")) for data in done if data.get("do") == "register"),
        made=frozenset(str(data["id"]) for data in done if data.get("id")),
        messages=frozenset(effect.message.id for _place, effect in effects(story) if effect.message),
        flags=frozenset(effect.set for _place, effect in effects(story) if effect.set),
        options={id: frozenset(one.id for one in situation.options) for id, situation in story.situations.items()},
    )


def mistakes(story: Story) -> Iterator[Mistake]:
    """Everything that the story names and does not have."""
    names = names_of(story)
    yield from _cast(story, names)
    for place, data, case in acts(story):
        yield from _act(data, case, names, place)
    for place, effect in effects(story):
        yield from _effect(effect, story, names, place)
    for place, condition in conditions(story):
        yield from condition_mistakes(condition, names, place)
    yield from _flags(story, names)


def _unknown(place: Place, what: str, value: object, known: frozenset[str]) -> Iterator[Mistake]:
    if value is not None and str(value) not in known:
        some = ", ".join(sorted(known)[:12]) or _("ninguno")
        text = _("«{value}» no es {what} de la historia: defínalo o use uno de estos: {some}.")
        yield Mistake(place, text.format(value=value, what=what, some=some))


# People and what they say ---------------------------------------------------------------------------------------------


def _cast(story: Story, names: Names) -> Iterator[Mistake]:
    yield from _unknown(("player",), _("un usuario"), story.player, names.users)
    player = story.users.get(story.player)
    if player is not None and player.role is not Role.CASEWORKER:
        yield Mistake(("users", story.player, "role"), _("quien juega tiene la función «caseworker»: cámbiela."))
    shared = (names.users & names.organisations) | (names.people & (names.users | names.organisations))
    for id in sorted(shared):
        yield Mistake((), _("«{id}» nombra a dos (usuario, persona u organización): cambie uno.").format(id=id))
    for id, organisation in story.organisations.items():
        yield from _unknown(("organisations", id, "user"), _("un usuario"), organisation.user, names.users)
    for id, person in story.people.items():
        yield from _unknown(
            ("people", id, "case"), _("un caso que alguien abra («register»)"), person.case, names.cases
        )
    for index, before in enumerate(story.before):
        yield from _unknown(("before", index, "by"), _("un usuario"), before.by, names.users)
    for index, answer in enumerate(story.answers):
        yield from _unknown(("answers", index, "person"), _("una persona"), answer.person, names.people)
        yield from _unknown(("answers", index, "to"), _("alguien"), answer.to, names.anybody)
    for id, situation in story.situations.items():
        yield from _unknown(("situations", id, "case"), _("un caso"), situation.case, names.cases)


# Acts -----------------------------------------------------------------------------------------------------------------

_SEVERAL = _("una persona, organización o usuario")
_ENTITIES = frozenset(
    {"consent", "approval", "service", "transition", "follow_up", "contact", "document", "flag", "incident", "plan"}
)


def _referred(do: str, key: str, names: Names) -> tuple[str, frozenset[str]] | None:
    """What the argument ``key`` of ``do`` must name, in words and as the ids that it may be."""
    receivers = names.organisations | names.users
    kinds: dict[str, tuple[str, frozenset[str]]] = {
        "case": (_("un caso"), names.cases),
        "cases": (_("un caso"), names.cases),
        "person": (_("una persona"), names.people),
        "about": (_("una persona"), names.people),
        "members": (_("una persona"), names.people),
        "people": (_("una persona"), names.people),
        "provider": (_("una organización o usuario"), receivers),
        "who": (_SEVERAL, names.anybody),
        "one": (_SEVERAL, names.anybody),
        "other": (_SEVERAL, names.anybody),
        "authorised_by": (_SEVERAL, names.anybody),
        "to": (_SEVERAL, names.anybody),
        "situation": (_("una situación"), frozenset(names.options)),
        "message": (_("un mensaje"), names.messages),
    }
    if key == "to" and do in ("refer", "transfer"):
        return _("una organización o usuario"), receivers
    return (_("un usuario"), names.users) if key == "to" and do == "assign" else kinds.get(key)


def _act(data: ActionData, case: str | None, names: Names, place: Place) -> Iterator[Mistake]:
    do = str(data.get("do"))
    if do in ("choose", "wait", "read", "synchronise"):
        yield Mistake((*place, "do"), _("«{do}» solo lo hace quien juega: quítelo de aquí.").format(do=do))
        return
    whole = player_actions.filled(data, case, lambda _case, _do: "x")
    try:
        player_actions.parse(player_actions.plain(whole))
    except UserError as error:
        yield Mistake(place, str(error))
        return
    if RESERVED.fullmatch(str(data.get("id"))):
        yield Mistake((*place, "id"), _("«{id}» está reservado: use otro identificador.").format(id=data["id"]))
    restricted = [("who", one["who"]) for one in data.get("restrictions", ())]
    for key, value in [*data.items(), *restricted]:
        # A new case or person is what these two define.
        if do in ("register", "add_person") and key in ("case", "person"):
            continue
        for one in value if isinstance(value, list | tuple) else [value]:
            yield from _value(do, key, one, names, (*place, key))


def _value(do: str, key: str, value: Any, names: Names, place: Place) -> Iterator[Mistake]:
    if isinstance(value, str) and value.startswith(LAST):
        known = frozenset({*DESK, "ask_consent"})
        do_last, _slash, to = value.removeprefix(LAST).partition("/")
        yield from _unknown(place, _("una acción"), do_last, known)
        yield from _unknown(place, _SEVERAL, to or None, names.anybody)
    elif key in _ENTITIES:
        hint = _("el «id» de una acción (o escriba «{last}<acción>»)").format(last=LAST)
        yield from _unknown(place, hint, value, names.made)
    elif isinstance(value, str) and (kind := _referred(do, key, names)) is not None:
        yield from _unknown(place, kind[0], value, kind[1])


def _effect(effect: Effect, story: Story, names: Names, place: Place) -> Iterator[Mistake]:
    if effect.open is not None:
        yield from _unknown((*place, "open"), _("una situación"), effect.open, frozenset(story.situations))
    if effect.end is not None:
        yield from _unknown((*place, "end"), _("un final"), effect.end, frozenset(story.endings))
    if effect.act is not None:
        yield from _unknown((*place, "act", "by"), _("un usuario"), effect.act.by, names.users)
        if effect.act.action.get("do") == "ask_consent":
            yield Mistake((*place, "act"), _("«ask_consent» es de quien juega: use «record_consent»."))
        if effect.act.action.get("do") == "go_offline":
            yield Mistake((*place, "act"), _("«go_offline» es de quien juega: use «connection: down»."))
    if effect.message is not None:
        yield from _message(effect.message, story, names, (*place, "message"))


def _message(message: Message, story: Story, names: Names, place: Place) -> Iterator[Mistake]:
    yield from _unknown((*place, "case"), _("un caso"), message.case, names.cases)
    if message.id in story.situations:
        yield Mistake((*place, "id"), _("«{id}» ya nombra una situación: cámbielo.").format(id=message.id))
    others = [one.message for _place, one in effects(story) if one.message and one.message.id == message.id]
    if any(one != message for one in others):
        yield Mistake((*place, "id"), _("«{id}» nombra dos mensajes distintos: cambie uno.").format(id=message.id))


# Conditions -----------------------------------------------------------------------------------------------------------


def condition_mistakes(condition: Condition, names: Names, place: Place = ()) -> Iterator[Mistake]:
    """What ``condition`` names and the story does not have. Of an assessment too."""
    for one in inside(condition):
        for happening in (one.happened, one.after, one.before):
            if happening is not None:
                yield from _happening(happening, names, place)
        if one.chose is not None:
            situation, _slash, option = one.chose.partition("/")
            if option not in names.options.get(situation, frozenset()):
                yield from _unknown(place, _("una opción"), one.chose, _all_options(names))
        coming = frozenset(names.options) | names.messages
        yield from _unknown(place, _("un mensaje o una situación"), one.came, coming)
        yield from _unknown(place, _("un mensaje o una situación"), one.of, coming)
        yield from _unknown(place, _("una situación"), one.ignored, frozenset(names.options))
        yield from _unknown(place, _("una marca («set»)"), one.flag, names.flags)
        yield from _unknown(place, _("un caso"), one.case, names.cases)
        if one.consent is not None:
            yield from _unknown(place, _("una persona"), one.consent.person, names.people)
            yield from _unknown(place, _SEVERAL, one.consent.to, names.anybody)


def _all_options(names: Names) -> frozenset[str]:
    return frozenset(f"{situation}/{option}" for situation, options in names.options.items() for option in options)


_WORDS: dict[str, type[StrEnum]] = {
    "channel": Channel,
    "channels": Channel,
    "through": Channel,
    "account": Account,
    "data": Data,
    "risk": Risk,
    "purpose": Purpose,
}


# Arguments that conditions see besides those of the action: what was answered, and which entities were decided how.
_EXTRA: dict[str, tuple[str, ...]] = {"ask_consent": ("granted",), "synchronise": ("mine", "theirs")}


def _happening(happening: Happening, names: Names, place: Place) -> Iterator[Mistake]:
    yield from _unknown(place, _("un usuario"), happening.by, names.users | {"any"})
    model = {**DESK, **OWN}.get(happening.do)
    if model is None and happening.do != "any":
        yield from _unknown(place, _("una acción"), happening.do, frozenset({*DESK, *OWN}))
        return
    fields = {*(model.model_fields if model else ()), *_EXTRA.get(happening.do, ())}
    for key, match in happening.arguments.items():
        if model is not None and key not in fields:
            hint = _("un dato de «{do}»").format(do=happening.do)
            yield from _unknown(place, hint, key, frozenset(fields))
            continue
        for value in _values(match):
            # The purpose of a contact is free text, that of a consent is a word of ours.
            free = key == "purpose" and "consent" not in happening.do
            if key in _WORDS and not free:
                yield from _unknown(place, f"«{key}»", value, frozenset(_WORDS[key]))
            elif (kind := _referred(happening.do, key, names)) is not None:
                yield from _unknown(place, kind[0], value, kind[1])


def _values(match: Match) -> list[str]:
    """The words that a match names."""
    groups = (match.any, match.has, match.only, match.lacks)
    several = [match.is_, *(one for group in groups for one in group or ())]
    return [one for one in several if isinstance(one, str) and not one.startswith(LAST)]


def _flags(story: Story, names: Names) -> Iterator[Mistake]:
    used = {one.flag for _place, condition in conditions(story) for one in inside(condition) if one.flag}
    for place, effect in effects(story):
        if effect.set is not None and effect.set not in used:
            text = _("la marca «{flag}» no se usa en ninguna condición: úsela o quítela.").format(flag=effect.set)
            yield Mistake((*place, "set"), text)
