"""An assessment file against its story: everything that it names must exist there, told with file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from ciberaula.casework.actions import Action
from ciberaula.casework.assessment.spec import Assessment
from ciberaula.casework.stories.conditions import Condition, Happening
from ciberaula.casework.stories.spec import Effect, Story
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Place, YamlFile, read_yaml, validate

PREFIX, STORY_PREFIX = "valoracion-", "historia-"

# What a player does that is no action of the desk, and what it says of itself.
_OF_PLAYERS: dict[str, frozenset[str]] = {
    "choose": frozenset({"situation", "option"}),
    "wait": frozenset({"until", "minutes"}),
    "read": frozenset({"message"}),
    "go_offline": frozenset({"cases"}),
    "synchronise": frozenset({"keep"}),
    "ask_consent": frozenset(
        {"id", "case", "person", "purpose", "to", "channels", "data", "through", "explained", "granted"}
    ),
}
ARGUMENTS: dict[str, frozenset[str]] = {
    **{
        get_args(model.model_fields["do"].annotation)[0]: frozenset(model.model_fields) - {"do"}
        for model in get_args(get_args(Action)[0])
    },
    **_OF_PLAYERS,
}
"""Name of everything that can happen -> its arguments, for conditions to name."""
_ANYTHING = "any"


def assessment_path(story: Path) -> Path:
    """Where the assessment of the story in that file is kept: beside it."""
    return story.with_name(story.name.replace(STORY_PREFIX, PREFIX, 1))


def load_assessment(path: Path, story: Story) -> Assessment:
    """Read and check a ``valoracion-*.yml``. Raises ``UserError``: file, line, what is wrong, what to do."""
    file = read_yaml(path)
    assessment = validate(Assessment, file)
    for place, mistake in _mistakes(assessment, story):
        raise UserError(f"{file.where(_longest(file, place))}: {mistake}")
    return assessment


def _longest(file: YamlFile, place: Place) -> Place:
    return file.known(place)


def _mistakes(assessment: Assessment, story: Story) -> Iterator[tuple[Place, str]]:
    if assessment.story != story.id:
        yield (
            ("story",),
            _("es de la historia «{other}» y se buscaba la de «{id}»: corrija «story».").format(
                other=assessment.story, id=story.id
            ),
        )
        return
    for place, condition in _conditions(assessment):
        for mistake in _condition_mistakes(condition, story):
            yield place, mistake
    receivers = {*story.organisations, *story.users, *story.people}
    for receiver in assessment.needs:
        if receiver not in receivers:
            yield (
                ("needs", receiver),
                _("«{id}» no es una organización ni una persona de la historia: corrija «needs».").format(id=receiver),
            )
    yield from _dilemma_mistakes(assessment, story)


def _dilemma_mistakes(assessment: Assessment, story: Story) -> Iterator[tuple[Place, str]]:
    due = {id for id, situation in story.situations.items() if situation.dilemma}
    for id in assessment.dilemmas:
        if id not in due:
            yield (
                ("dilemmas", id),
                _("«{id}» no es una situación con «dilemma: true» en la historia.").format(id=id),
            )
    for id in sorted(due - set(assessment.dilemmas)):
        yield ("dilemmas",), _("falta el dilema «{id}»: diga sus dos bienes y qué inclinó la balanza.").format(id=id)


def _conditions(assessment: Assessment) -> Iterator[tuple[Place, Condition]]:
    for index, expectation in enumerate(assessment.expect):
        for position, way in enumerate(expectation.ways):
            yield from _inside(way.when, ("expect", index, "ways", position, "when"))
        if expectation.only_if is not None:
            yield from _inside(expectation.only_if, ("expect", index, "only_if"))
    for index, avoidance in enumerate(assessment.avoid):
        yield from _inside(avoidance.when, ("avoid", index, "when"))


def _inside(condition: Condition, place: Place) -> Iterator[tuple[Place, Condition]]:
    """The condition and all those in it, each with its place."""
    yield place, condition
    for key in ("all", "any", "none"):
        for index, part in enumerate(getattr(condition, key) or ()):
            yield from _inside(part, (*place, key, index))


def _condition_mistakes(condition: Condition, story: Story) -> Iterator[str]:
    for happening in (condition.happened, condition.after, condition.before):
        if happening is not None:
            yield from _happening_mistakes(happening, story)
    if condition.chose is not None:
        situation, option = condition.chose.split("/")
        if situation not in story.situations:
            yield _unknown(_("situación"), situation, story.situations)
        elif option not in {one.id for one in story.situations[situation].options}:
            yield _("la situación «{id}» no tiene la opción «{option}».").format(id=situation, option=option)
    if condition.ignored is not None and condition.ignored not in story.situations:
        yield _unknown(_("situación"), condition.ignored, story.situations)
    for came in (condition.came, condition.of):
        if came is not None and came not in story.situations and came not in _messages(story):
            yield _unknown(_("situación o mensaje"), came, [*story.situations, *_messages(story)])
    if condition.flag is not None and condition.flag not in _flags(story):
        yield _unknown(_("marca («set»)"), condition.flag, _flags(story))
    if condition.consent is not None and condition.consent.person not in story.people:
        yield _unknown(_("persona"), condition.consent.person, story.people)
    if condition.case is not None and condition.case not in story_cases(story):
        yield _unknown(_("caso"), condition.case, story_cases(story))


def _happening_mistakes(happening: Happening, story: Story) -> Iterator[str]:
    known: frozenset[str] = frozenset().union(*ARGUMENTS.values())
    if happening.do != _ANYTHING:
        if happening.do not in ARGUMENTS:
            yield _unknown(_("acción"), happening.do, ARGUMENTS)
            return
        known = ARGUMENTS[happening.do]
    for name in happening.arguments:
        if name not in known:
            yield _("«{do}» no tiene el dato «{name}»: use {known}.").format(
                do=happening.do, name=name, known=", ".join(sorted(known))
            )
    if happening.by is not None and happening.by not in story.users:
        yield _unknown(_("usuario"), happening.by, story.users)
    situation = happening.arguments.get("situation")
    if happening.do == "choose" and situation is not None and situation.is_ is not None:
        if situation.is_ not in story.situations:
            yield _unknown(_("situación"), str(situation.is_), story.situations)


def _unknown(what: str, id: str, known: object) -> str:
    names = ", ".join(sorted(map(str, known)))  # type: ignore[call-overload]
    return _("no existe {what} «{id}» en la historia: use {known}.").format(what=what, id=id, known=names or "—")


def story_cases(story: Story) -> frozenset[str]:
    """The cases that a story is about."""
    return frozenset(person.case for person in story.people.values())


def _effects(story: Story) -> Iterator[Effect]:
    yield from story.opening
    for situation in story.situations.values():
        yield from situation.ignored.effects
        for option in situation.options:
            yield from option.effects
    for reaction in story.reactions:
        yield from reaction.effects


def _messages(story: Story) -> frozenset[str]:
    return frozenset(effect.message.id for effect in _effects(story) if effect.message is not None)


def _flags(story: Story) -> frozenset[str]:
    return frozenset(effect.set for effect in _effects(story) if effect.set is not None)
