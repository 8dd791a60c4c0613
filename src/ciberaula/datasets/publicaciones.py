"""The data set ``publicaciones``: posts of a simulated campaign, of institutions and of colleagues, with reach and reactions.

The texts were written by hand (``grading/datasets/publicaciones``). The public seed draws followers, hours and reach; the
hidden one chooses the posts, their days and what fills their slots. A few posts tell of a case of the set ``casos`` so that,
joined with its table for publication, they point at one person. Reach has a structure, whatever the seed (see the card):

* it grows with the followers of the account, in straight proportion but for chance;
* a video reaches more than an image, an image more than text, a link least (``_BY_FORMAT``);
* between 18:00 and 21:59 a post reaches more than at other hours (``_EVENING``).

Whether a post keeps to the rules changes nothing in its reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ciberaula.casework.calendars import MONTHS
from ciberaula.datasets import banks
from ciberaula.datasets.cantons import CANTONS
from ciberaula.datasets.draws import Dice, Draws
from ciberaula.datasets.publicaciones_tables import ACCOUNTS, FORMATS, KEYS, NETWORKS, TABLES, TOPICS, card
from ciberaula.datasets.spec import YES_NO, DataSet, Portion, Recipe
from ciberaula.i18n import _
from ciberaula.yamlfile import Strict, Text

NAME = "publicaciones"
ROWS = 600
FIRST, LAST = date(2025, 6, 1), date(2025, 12, 31)
LABELS = ("privacidad", "autoria", "dignidad")

_FOLLOWERS = {"campana": (4000, 14000), "institucion": (900, 9000), "colega": (90, 1600)}
_BY_FORMAT = {"texto": 0.20, "imagen": 0.30, "video": 0.45, "enlace": 0.12}
_EVENING, _EVENING_HOURS = 1.4, range(18, 22)
_CHANCE = (0.5, 0.75, 0.95, 1.1, 1.35, 2.0)  # quintiles of what reach is multiplied by
_HOURS = {"campana": range(8, 22), "institucion": range(8, 18), "colega": range(6, 24)}
# Shares of the people reached who react, comment or share, for each format; each post draws between half and twice.
_REACTIONS = {"texto": 0.05, "imagen": 0.07, "video": 0.08, "enlace": 0.03}
_COMMENTS, _SHARES = 0.010, 0.014
_COMMON_NAMES = [canton.name for canton in CANTONS]
_PLACES = tuple(
    name for name in _COMMON_NAMES if _COMMON_NAMES.count(name) == 1 and not name[0].isdigit()
)  # one place in the country, and nothing that reads as a figure

if TYPE_CHECKING:
    from ciberaula.datasets.casos.linkage import Fact

Rows = list[dict[str, Any]]


class Post(Strict):
    """A post of the bank. ``link``: its slots are filled from one case, of the ages and gender that the text supposes."""

    id: Annotated[str, Field(pattern="^[a-z]+-[0-9]+$")]
    account: Literal["campana", "institucion", "colega"]
    author: Annotated[str, Field(pattern="^cuenta_[0-9]{2}$")]
    network: Literal["red_fotos", "red_videos", "red_textos", "mensajeria", "red_profesional"]
    format: Literal["texto", "imagen", "video", "enlace"]
    topic: Text
    text: Text
    image: str = ""
    labels: tuple[Literal["privacidad", "autoria", "dignidad"], ...] = ()
    why: str = ""
    hard: bool = False
    link: bool = False
    ages: tuple[int, int] = (2, 120)
    gender: Literal["f", "m", ""] = ""


class Posts(Strict):
    """A file of the bank."""

    schema_version: Literal[1] = Field(alias="schema")
    posts: list[Post]


@dataclass(frozen=True, slots=True)
class Placed:
    """A post with its day and its text filled; ``case`` is the code of the case it tells of, or nothing."""

    post: Post
    day: date
    minute: int
    text: str
    case: str | None


def make(recipe: Recipe, first: int, last: int) -> Portion:
    """The posts number ``first`` … ``last`` in order of time. Raises ``UserError`` where more are wanted than there are."""
    posts = bank_posts(banks.bank(recipe))
    banks.check_enough(recipe.rows, len(posts), NAME, DATASET.unit)
    public, hidden = Draws(recipe.seed, NAME), Draws(recipe.hidden, f"{NAME}:hidden")
    placed = sorted(_placed(_chosen(posts, recipe.rows, hidden), public, hidden), key=_order(hidden))
    followers = _followers(placed, public)
    rows: Rows = []
    labels: Rows = []
    for number, one in enumerate(placed[first - 1 : last], start=first):
        rows.append({"publicacion_id": f"P{number:04d}", **_row(one, followers[one.post.author], public)})
        labels.append({"publicacion_id": f"P{number:04d}", **_labels(one)})
    kinds = {one.post.author: one.post.account for one in placed}
    accounts = [
        {"cuenta": name, "tipo": ACCOUNTS[kinds[name]], "seguidores": followers[name]} for name in sorted(followers)
    ]
    tables = {"cuentas": accounts if first == 1 else [], "publicaciones": rows, "etiquetas": labels}
    return {
        table.name: {column.name: [row[column.name] for row in tables[table.name]] for column in table.columns}
        for table in (*TABLES, *KEYS)
    }


def bank_posts(folder: Path) -> list[Post]:
    """All posts of the bank. Raises ``UserError`` with file and line where one isn't of the form."""
    files = banks.read_all(folder, "banco-*.yml", Posts)
    return banks.by_id((post for file in files for post in file.posts), folder)


def _chosen(posts: Sequence[Post], rows: int, hidden: Draws) -> list[Post]:
    """So many posts, in an order that tells nothing; all that tell of a case once as many as published are asked for."""
    dice = hidden.dice("choice")
    links = dice.shuffled([post for post in posts if post.link])
    others = dice.shuffled([post for post in posts if not post.link])
    wanted = min(len(links), max(rows - len(others), -(-len(links) * rows // ROWS)))
    return dice.shuffled([*links[:wanted], *others[: rows - wanted]])


def _placed(posts: Sequence[Post], public: Draws, hidden: Draws) -> list[Placed]:
    cases = _cases([post for post in posts if post.link])
    return [_place(post, cases.get(post.id), public, hidden.dice("post", post.id)) for post in posts]


def _place(post: Post, case: "Fact | None", public: Draws, dice: Dice) -> Placed:
    hours = _HOURS[post.account]
    minute = public.dice("hour", post.id).whole(hours[0] * 60, hours[-1] * 60 + 59)
    if case is None:
        text = post.text.replace("{canton}", dice.one(_PLACES))
        return Placed(post, _working(post, _between(dice, FIRST, LAST)), minute, text, None)
    year, month = map(int, case.month.split("-"))
    after = max(FIRST, date(year + month // 12, month % 12 + 1, 1))
    day = _working(post, _between(dice, after, min(LAST, after + timedelta(days=45))))
    words = {"canton": case.canton, "edad": case.age, "mes": MONTHS[month - 1], "motivo": case.motive}
    return Placed(post, day, minute, post.text.format(persona=person(case.gender, case.age), **words), case.case_id)


def person(gender: str, age: int) -> str:
    """How people tell of somebody without a name: «una adolescente», «un señor»."""
    words = ("una niña", "una adolescente", "una joven", "una señora")
    if gender == "masculino":
        words = ("un niño", "un adolescente", "un joven", "un señor")
    return words[sum(age >= least for least in (12, 18, 30))]


def _cases(posts: Sequence[Post]) -> dict[str, "Fact"]:
    """For each post that tells of a case, a case of its own (post id -> what is known of it)."""
    if not posts:
        return {}
    from ciberaula.datasets.publicaciones_cases import suitable

    return suitable({post.id: (*post.ages, post.gender) for post in posts}, before=LAST)


def _between(dice: Dice, first: date, last: date) -> date:
    return first + timedelta(days=dice.whole(0, (last - first).days))


def _working(post: Post, day: date) -> date:
    """Institutions post on working days: what falls on a weekend goes out the Friday before."""
    return day - timedelta(days=max(0, day.weekday() - 4)) if post.account == "institucion" and day > FIRST else day


def _order(hidden: Draws) -> Any:
    return lambda one: (one.day, one.minute, hidden.dice("order", one.post.id).share())


def _followers(placed: Sequence[Placed], public: Draws) -> dict[str, int]:
    return {
        one.post.author: public.dice("followers", one.post.author).whole(*_FOLLOWERS[one.post.account])
        for one in sorted(placed, key=lambda one: one.post.author)
    }


def _row(one: Placed, followers: int, public: Draws) -> dict[str, Any]:
    post, dice = one.post, public.dice("reach", one.post.id)
    chance = _quantile(dice, _CHANCE)
    evening = _EVENING if one.minute // 60 in _EVENING_HOURS else 1.0
    reach = max(5, int(followers * _BY_FORMAT[post.format] * evening * chance))
    return {
        "fecha": one.day.isoformat(),
        "hora": f"{one.minute // 60:02d}:{one.minute % 60:02d}",
        "cuenta": post.author,
        "tipo_cuenta": ACCOUNTS[post.account],
        "red": NETWORKS[post.network],
        "formato": FORMATS[post.format],
        "tema": TOPICS[post.topic],
        "texto": one.text,
        "imagen": post.image or None,
        "alcance": reach,
        "reacciones": int(reach * _REACTIONS[post.format] * _quantile(dice, (0.5, 1.0, 2.0))),
        "comentarios": int(reach * _COMMENTS * _quantile(dice, (0.2, 0.8, 2.5))),
        "compartidos": int(reach * _SHARES * _quantile(dice, (0.2, 0.8, 2.5))),
    }


def _quantile(dice: Dice, quantiles: Sequence[float]) -> float:
    """A number whose quantiles are these, straight lines between."""
    place = dice.share() * (len(quantiles) - 1)
    below = int(place)
    return quantiles[below] + (quantiles[below + 1] - quantiles[below]) * (place - below)


def _labels(one: Placed) -> dict[str, Any]:
    yes, no = YES_NO
    marks = {label: yes if label in one.post.labels else no for label in LABELS}
    hard = yes if one.post.hard else no
    return {**marks, "dificil": hard, "explicacion": one.post.why or None, "caso_id": one.case}


DATASET = DataSet(
    name=NAME,
    title=_("Publicaciones simuladas en redes sociales"),
    summary=_(
        "Publicaciones de una campaña, de instituciones y de colegas que no existen, con su alcance y sus reacciones."
    ),
    unit=_("publicaciones"),
    rows=ROWS,
    seed=2026,
    tables=TABLES[::-1],  # the main one first
    make=make,
    card=card(_EVENING_HOURS),
    generator="ciberaula.datasets.publicaciones",
    keys=KEYS,
    bank=True,
    keywords=(_("redes sociales"), _("privacidad"), _("derechos de autor"), _("dignidad")),
)
