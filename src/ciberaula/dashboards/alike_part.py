"""Written answers that are alike, for the instructor and only on request: a list to read, never a verdict."""

from collections.abc import Iterable, Mapping, Sequence, Set
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from ciberaula.dashboards import words
from ciberaula.dashboards.items_part import item_name
from ciberaula.dashboards.page import Html, cell, empty, link, query, section, table
from ciberaula.i18n import _, ngettext
from ciberaula.paths import course_root
from ciberaula.progress.item_words import alike
from ciberaula.progress.pseudonym import pseudonym, secret
from ciberaula.progress.similarity import (
    ALIKE,
    Alike,
    Source,
    composed,
    find_alike,
    shared_places,
    source_of,
    written_module,
)
from ciberaula.progress.tables import LearnerRow, ModulePlan

_MOST_NAMES, _MOST_TEXTS, _KEY_HEX = 6, 6, 8
ASKED, SHOWN = "parecidos", "ver"
_PLACE = "textos-parecidos"


class _People:
    """Who wrote what: names, and the label of those who are invented."""

    def __init__(self, home: Path, names: Mapping[str, str], learners: Iterable[LearnerRow], here: Set[str]) -> None:
        self._key, self._names, self._here = secret(home), names, here
        self._simulated = {one.pseudonym for one in learners if one.simulated}

    def here(self, student: str) -> bool:
        """Whether the student is among the learners that the viewer chose."""
        return pseudonym(self._key, student) in self._here

    def name(self, student: str) -> str:
        who = pseudonym(self._key, student)
        name = self._names.get(who, _("(sin nombre en la lista)"))
        return _("{name} (simulada)").format(name=name) if who in self._simulated else name

    def key(self, group: Alike) -> str:
        """A word for a group in an address: it tells nothing of who is in it."""
        return pseudonym(self._key, "/".join([group.item, *(text.student for text in group.texts)]))[:_KEY_HEX]


def alike_section(
    home: Path,
    plan: ModulePlan,
    names: Mapping[str, str],
    learners: Iterable[LearnerRow],
    here: Set[str],
    filters: Mapping[str, str],
) -> str:
    """The section for the module ``plan``: an offer to compare, or the groups with somebody of ``here`` (pseudonyms).

    ``names`` by pseudonym and ``learners`` are everybody's, for a like text may be of somebody of another group. ``filters``
    is what the address asks for besides.
    """
    title = _("Textos parecidos")
    if not any(kind in ("written", "text") for kind, _competence, _points in plan.items.values()):
        return ""
    wanted = query()
    if ASKED not in wanted:
        offer = link(_address(filters), _("Comparar las respuestas escritas"))
        return section(title, f"<p>{offer}</p>", note=_explained(), place=_PLACE)
    module = written_module(course_root(), plan.id)
    source = source_of(course_root(), module)
    people = _People(home, names, learners, here)
    found = [one for one in find_alike(home, module, source) if any(people.here(text.student) for text in one.texts)]
    if not found:
        return section(
            title, empty(_("No hay respuestas escritas que se parezcan tanto.")), note=_explained(), place=_PLACE
        )
    chosen = next((one for one in found if people.key(one) == wanted.get(SHOWN)), None)
    texts = "" if chosen is None else _side_by_side(plan, chosen, people, source)
    return section(title, texts, _table(plan, found, people, filters), note=_explained(), place=_PLACE)


def _address(filters: Mapping[str, str]) -> str:
    """This page with the texts compared, at their section."""
    return f"?{urlencode({**filters, ASKED: '1'})}#{_PLACE}"


def _explained() -> str:
    return _(
        "Una pista para leer los textos, nunca una prueba: puede ser una cita, un trabajo en equipo o una casualidad. Se "
        "muestran los que comparten al menos {share} de sus palabras de tres en tres, sin contar lo que dicen la consigna y las "
        "lecciones; lo que mucha gente escribe pesa menos, y los textos muy cortos no se comparan. «Parecido» dice "
        "cuánto del texto más corto está también en el otro: de los dos menos parecidos del grupo a los dos más. Se calcula "
        "en este equipo cuando usted lo pide y no se guarda."
    ).format(share=words.percent(ALIKE))


def _table(plan: ModulePlan, found: Sequence[Alike], people: _People, filters: Mapping[str, str]) -> str:
    rows = [
        (
            _names(one, people),
            item_name(plan, one.item),
            _how_much(one),
            alike(one.lowest, one.likeness),
            link(
                _address({**filters, SHOWN: people.key(one)}),
                _("Ver los textos"),
                _names(one, people),
            ),
        )
        for one in found
    ]
    header = (_("Personas"), _("Pregunta"), _("Qué tanto"), _("Parecido"), _("Leer"))
    caption = ngettext("{count} grupo de textos", "{count} grupos de textos", len(found)).format(count=len(found))
    return table(caption, header, rows)


def _how_much(group: Alike) -> str:
    if group.all_nearly_equal:
        return _("casi el mismo texto")
    return _("algunos, casi el mismo texto") if group.nearly_equal else _("se parecen")


def _names(group: Alike, people: _People) -> str:
    shown = [people.name(text.student) for text in group.texts[:_MOST_NAMES]]
    more = len(group.texts) - len(shown)
    if more:
        shown.append(ngettext("y {count} persona más", "y {count} personas más", more).format(count=more))
    return ", ".join(shown)


def _side_by_side(plan: ModulePlan, group: Alike, people: _People, source: Source) -> str:
    texts = group.texts[:_MOST_TEXTS]
    columns = "".join(
        f"<article><h4>{escape(people.name(text.student))}</h4>{_marked(text.words, places)}</article>"
        for text, places in zip(texts, shared_places(texts, source), strict=True)
    )
    title = _("Los textos, lado a lado: {item}").format(item=item_name(plan, group.item))
    note = _("Lo subrayado está en más de un texto y no viene del curso.")
    if len(group.texts) > len(texts):
        note += " " + _("Se muestran {count} de {all}.").format(count=len(texts), all=len(group.texts))
    return f'<h3>{escape(title)}</h3><p class="ca-small">{escape(note)}</p><div class="ca-texts">{columns}</div>'


def _marked(text: str, places: Sequence[tuple[int, int]]) -> Html:
    """``text`` with what is also in another one marked; escaped piece by piece."""
    whole, pieces, before = composed(text), [], 0
    for begin, end in places:
        pieces += [escape(whole[before:begin]), f"<mark>{escape(whole[begin:end])}</mark>"]
        before = end
    return Html(f'<p class="ca-text">{"".join(pieces)}{cell(whole[before:])}</p>')
