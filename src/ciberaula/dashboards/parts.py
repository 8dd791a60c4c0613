"""Pieces that more than one view shows."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ciberaula.dashboards import charts, words
from ciberaula.dashboards.page import Html, cell, table
from ciberaula.i18n import _, ngettext
from ciberaula.progress.tables import ItemRow, Meta, State


def state_label(name: State, word: str = "") -> Html:
    """The sign of a state with its word, or with ``word`` where another suits the reader better."""
    return Html(f'<span class="ca-state">{charts.symbol(name)}{cell(word or words.state(name))}</span>')


def legend(states: Iterable[State]) -> str:
    """Every state with its sign and how many there are."""
    counts = Counter(states)
    items = "".join(
        f"<li>{charts.swatch(name)}{charts.symbol(name)}"
        f"<span>{cell(words.state(name))}: <strong>{counts[name]}</strong></span></li>"
        for name in charts.STATES
    )
    return f'<ul class="ca-legend">{items}</ul>'


def in_words(states: Sequence[State]) -> str:
    """«Completó: 3; En curso: 1; …», for whoever does not see the picture."""
    counts = Counter(states)
    known: tuple[State, ...] = (*charts.STATES, "planned")
    return "; ".join(f"{words.state(name)}: {counts[name]}" for name in known if counts[name])


def people(count: int) -> str:
    """«1 participante», «12 participantes»."""
    return ngettext("{count} participante", "{count} participantes", count).format(count=count)


def competence_table(meta: Meta, items: Iterable[ItemRow], caption: str) -> str:
    """Earned share of the graded points by competence, in the order of the plan, with how many answers it rests on.

    What awaits a person or could not be graded is left out: it is no zero.
    """
    graded: dict[str, list[tuple[float, float]]] = {}
    for item in items:
        if item.earned is not None:
            graded.setdefault(item.competence, []).append((item.earned, item.maximum))
    rows = []
    for key, name in meta.competences.items():
        if key in graded:
            share = sum(earned for earned, _most in graded[key]) / sum(most for _earned, most in graded[key])
            picture = Html(charts.bar(share, mark=meta.pass_share))
            rows.append((name, picture, words.percent(share), len(graded[key])))
    return table(caption, (_("Competencia"), _("Puntos obtenidos"), _("Porcentaje"), _("Respuestas")), rows)


def provisional_note(meta: Meta) -> str:
    """What a reader must know before judging anybody by these scores."""
    mark = _("La línea marca {share} de los puntos.").format(share=words.percent(meta.pass_share))
    if not meta.provisional:
        return mark
    return (
        mark + " " + _("Puntajes provisionales: todavía no hay suficientes participantes para fijar la nota de corte.")
    )
