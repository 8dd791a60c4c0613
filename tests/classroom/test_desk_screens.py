"""Screens and forms of the case desk, from plain data: also for a desk that has no story behind it."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ciberaula.casework import actions
from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor, Person
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.store.protocol import CaseLine
from ciberaula.casework.stories import player_actions
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.log import InboxMessage, Moment, OpenSituation
from ciberaula.casework.stories.play import Play
from ciberaula.casework.vocabulary import Account, Channel, Risk, Role, Status, Step, TaskKind
from ciberaula.casework.workflow import Task
from ciberaula.classroom.desk_file import TABS, case_screen
from ciberaula.classroom.desk_forms import FORMS, forms_of
from ciberaula.classroom.desk_forms_office import OFFICE
from ciberaula.classroom.desk_inputs import MAX_LINE, fill
from ciberaula.classroom.desk_screens import (
    Where,
    calendar,
    cases,
    count_due,
    followed,
    inbox,
    pause,
    query_of,
    start,
    ways,
)
from ciberaula.classroom.desk_session import PlaySession, case_file
from ciberaula.classroom.desk_texts import ACTIONS, short_moment, span
from ciberaula.errors import UserError
from tests.casework.files import COLLEAGUE, MONDAY, SUPERVISOR, WORKER
from tests.casework.stories.conftest import SAMPLE

PART_KINDS = {"heading", "html", "facts", "table", "buttons", "card", "fold", "choice", "form", "tabs"}
DONE: list[dict[str, Any]] = [
    {"do": "register", "code": "SIM-1", "person": "elvia", "name": "Elvia", "canton": "Chone", "device": "shared"},
    {"do": "add_person", "person": "zoila", "name": "Zoila", "relation": "hermana", "age": 40},
    {"do": "relate", "one": "elvia", "other": "zoila", "kind": "sibling"},
    {"do": "raise_concern", "kind": "Violencia", "detail": "Lo contó <b>ella</b>.", "urgent": True},
    {"do": "record_consent", "person": "elvia", "purpose": "services", "granted": True},
    {"do": "record_consent", "person": "elvia", "purpose": "sharing", "granted": True, "to": ["centro"]},
    {"do": "assess", "risk": "high", "facts": "Hechos.", "opinion": "Valoración.", "with_person": True},
    {
        "do": "make_plan",
        "goals": [{"need": "Estar a salvo", "goal": "Red", "action": "Llamar", "who": "Marlene", "days": 3}],
        "restrictions": [{"who": "zoila", "channels": ["social"], "reason": "Cuenta todo."}],
        "agreed": True,
    },
    {"do": "request_service", "kind": "psychosocial", "provider": "centro", "days": 2},
    {"do": "refer", "to": "centro", "data": ["identity"], "reason": "Atención."},
    {"do": "contact", "who": "elvia", "channel": "phone", "purpose": "saber cómo está", "verified": True},
    {"do": "write_note", "facts": "Está bien.", "opinion": "Más tranquila.", "next": "Llamar el lunes."},
    {"do": "plan_follow_up", "kind": "for_service", "days": 7},
    {"do": "add_document", "title": "Informe", "kind": "informe", "data": ["health"]},
    {"do": "request_approval", "what": "closure"},
    {"do": "raise_flag", "reason": "Ver antes del viernes.", "days": 2},
    {"do": "consult", "to": "ruth", "question": "¿Conviene?"},
    {"do": "search_online", "about": "zoila", "where": "una red social", "purpose": "Ubicarla."},
    {"do": "detect_incident", "what": "Un informe fue al grupo equivocado.", "data": ["health"], "people": ["elvia"]},
]


class Office:
    """A desk without a story: people of a team, one case with something of everything."""

    start = MONDAY
    answers_consent = False
    organisations = {"centro": "Centro Violeta (simulado)"}  # noqa: RUF012
    users = {"ruth": "Ruth Andrade", "nelly": "Nelly Vera"}  # noqa: RUF012

    def __init__(self, actor: Actor = WORKER) -> None:
        self.actor = actor
        self.now = MONDAY
        self.desk = Desk(MemoryStore(), lambda: self.now, organisations={"centro": "lia"})
        for n, one in enumerate(DONE, 1):
            self.desk.do(WORKER, {"case": "c1", **one}, action_id=f"a{n}")
            self.now += timedelta(minutes=20)

    def names(self, id: str) -> str:
        return {**self.organisations, **self.users, "elvia": "Elvia", "zoila": "Zoila"}.get(id, id)


@pytest.fixture(scope="module")
def office():
    return Office()


@pytest.fixture
def file(office):
    found = case_file(office, "c1")
    assert found is not None
    return found


def told(screen):
    return json.dumps(screen, ensure_ascii=False)


def walk(parts):
    for part in parts:
        yield part
        yield from walk(part.get("parts", []))


def texts(parts, kind="table"):
    return [part for part in walk(parts) if part["kind"] == kind]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_what_was_done_and_is_plain_data(office, file, tab):
    screen = case_screen(office, file, Where("case", "c1", tab), 0)
    assert {part["kind"] for part in walk(screen["parts"])} <= PART_KINDS
    current = [item["text"] for item in screen["parts"][0]["items"] if item["current"]]
    assert current == [TABS[tab]]
    assert all(row and len(row) == len(table["columns"]) for table in texts(screen["parts"]) for row in table["rows"])
    expected = {
        "summary": ["Servicios en curso", "Alto", "Lo contó <b>ella</b>.", "Ver antes del viernes.", "¿Conviene?"],
        "people": ["Zoila", "hermana o hermano", "Compartido", "una red social", "Nadie"],
        "consent": ["Compartir datos con otra institución", "Centro Violeta (simulado)", "Aceptó"],
        "plan": ["Estar a salvo", "Red social", "Cierre", "Solicitada", "Valoración."],
        "services": ["Atención psicosocial", "Referencia", "Pendiente", "Identidad"],
        "notes": ["Está bien.", "Más tranquila.", "Llamar el lunes.", "Identidad verificada", "De un servicio"],
        "documents": ["Informe", "Salud", "Nadie"],
        "incidents": ["grupo equivocado", "Contenga primero", "A más tardar el"],
        "audit": ["Cadena verificada", "Referir a otra institución", "Cambio"],
    }[tab]
    assert [text for text in expected if text not in told(screen)] == []


def test_markup_of_people_is_never_markup_of_ours(office, file):
    for tab in TABS:
        screen = case_screen(office, file, Where("case", "c1", tab), 0)
        assert not [part for part in texts(screen["parts"], "html") if "<b>" in part["html"]]


def test_every_action_of_a_desk_has_its_form_except_those_of_elsewhere():
    assert set(player_actions.DESK) - set(FORMS) - set(OFFICE) == {"look", "outside_contact"}
    assert set(FORMS) - set(player_actions.DESK) == {"ask_consent"}
    assert set(FORMS) <= set(ACTIONS)
    assert {one.tab for one in FORMS.values()} <= set(TABS)


@pytest.mark.parametrize("do", FORMS)
def test_the_inputs_of_a_form_are_arguments_of_its_action(do):
    """Renamed or removed arguments of an action would make a form that nobody can send."""
    if do == "make_plan":  # packed from rows
        return
    model = {**player_actions.DESK, **player_actions.OWN}[do]
    names = {one.name for one in FORMS[do].inputs}
    assert names <= set(model.model_fields)
    needed = {name for name, field in model.model_fields.items() if field.is_required()} - {"do", "case", "person"}
    assert needed <= names


FILLED = {
    "withdraw_consent": {"consent": "a6"},
    "record_consent": {"person": "elvia", "purpose": "channel", "channels": ["chat"], "granted": "no"},
    "set_household": {"canton": "Chone", "area": "rural", "device": "own", "connection": "none", "members": ["zoila"]},
    "make_plan": {
        "need1": "a", "goal1": "b", "action1": "c", "who1": "d", "days1": 3, "need2": "e", "goal2": "f", "action2": "g",
        "who2": "h", "days2": 9, "who_not1": "zoila", "channels1": ["chat"], "agreed": ["si"], "review_days": 30,
    },
    "contact": {"who": "elvia", "channel": "in_person", "account": "institutional", "purpose": "ver", "verified": ["si"]},
    "update_service": {"service": "a9", "status": "implemented"},
    "revoke_transition": {"transition": "a10", "reason": "Se equivocó."},
    "follow_up": {"follow_up": "a13", "comment": "Fue."},
    "share_document": {"document": "a14", "to": "centro"},
    "lower_flag": {"flag": "a16", "reason": "Visto."},
    "notify_incident": {"incident": "a19", "whom": "supervisor", "text": "Pasó esto."},
    "close": {"reason": "formal_closing", "summary": "Se logró.", "person_informed": ["si"]},
}  # fmt: skip


@pytest.mark.parametrize("do", FILLED)
def test_a_filled_form_is_an_action_that_the_desk_understands(office, file, do):
    action = fill(FORMS[do], office, file, FILLED[do]).action
    assert action is not None
    parsed = actions.parse({"case": "c1", **action})
    assert parsed.do == do
    if do == "contact":
        assert (parsed.account, parsed.verified) == (Account.NONE, True)
    if do == "make_plan":
        assert [goal.days for goal in parsed.goals] == [3, 9]
        assert (parsed.restrictions[0].who, parsed.agreed) == ("zoila", True)
    if do == "record_consent":
        assert parsed.granted is False


def test_a_plan_is_changed_from_the_one_in_force(office, file):
    values = FORMS["make_plan"].values(office, file)
    assert values["plan"] == "a8"
    assert (values["need1"], values["who_not1"], values["channels1"]) == ("Estar a salvo", "zoila", ["social"])
    again = fill(FORMS["make_plan"], office, file, {**values, "agreed": ["si"]}).action
    assert again is not None
    assert actions.parse({"case": "c1", **again}).plan == "a8"


def test_a_form_names_what_is_missing_too_long_or_not_on_offer(office, file):
    form = FORMS["add_document"]
    assert set(fill(form, office, file, {}).problems) == {"title", "kind"}
    long = fill(form, office, file, {"title": "x" * (MAX_LINE + 1), "kind": "informe"})
    assert set(long.problems) == {"title"}
    raw: Any
    for raw in ({"otro": 1}, {"data": ["inventado"]}, [], None, {"title": {"a": 1}}):
        with pytest.raises(UserError) as raised:
            fill(form, office, file, raw)
        assert "\n" not in str(raised.value)


def test_choices_are_limited_to_what_exists(office, file):
    offered = {one.do for tab in TABS for one in forms_of(tab, office, file)}
    assert "record_consent" in offered  # no story answers here
    assert not {"ask_consent", "reopen", "answer_transition", "decide_approval", "assign"} & offered
    receivers = dict(next(f for f in FORMS["refer"].fields(office, file) if f.id == "to").options)
    assert receivers == {"centro": "Centro Violeta (simulado)", "ruth": "Ruth Andrade", "nelly": "Nelly Vera"}


def test_in_a_story_one_refers_to_institutions_and_sees_who_is_who(file):
    story = load_story(SAMPLE)
    session = PlaySession(Play(story))
    users = session.users
    assert users["lia"].endswith(f", de {story.organisations['centro-mujer'].name}")
    assert users["ruth"].endswith("(supervisión)")
    played = session.play.file("c1")
    offered = {
        do: dict(next(f for f in FORMS[do].fields(session, played) if f.id == name).options)
        for do, name in (("refer", "to"), ("request_service", "provider"), ("transfer", "to"))
    }
    assert set(offered["refer"]) == set(offered["request_service"]) == set(story.organisations)
    assert set(offered["transfer"]) == {*story.organisations, *users}


def test_forms_begin_with_what_is_usually_meant(office, file):
    assert FORMS["ask_consent"].values(office, file) == {"person": "elvia"}
    subject = file.get(Person, file.case.subject)
    for age, begins in ((9, {"person": "elvia", "given_by": "caregiver"}), (30, {"person": "elvia"})):
        aged: Any = SimpleNamespace(case=file.case, get=lambda *_of, age=age: replace(subject, age=age))
        assert FORMS["ask_consent"].values(office, aged) == begins
    assert FORMS["write_note"].values(office, file) == {"contact": "a11"}
    account = next(one for one in FORMS["contact"].inputs if one.name == "account")
    assert account.when is not None
    assert "in_person" not in account.when[1]
    filled = fill(FORMS["contact"], office, file, {"who": "elvia", "channel": "in_person", "purpose": "saludar"})
    assert filled.action is not None
    assert filled.action["account"] == "none"


def test_what_can_be_done_comes_before_what_was_done(office, file):
    parts = case_screen(office, file, Where("case", "c1", "notes"), 0)["parts"]
    kinds = [part["kind"] for part in parts]
    assert kinds.index("buttons") < kinds.index("card")
    everywhere = texts(case_screen(office, file, Where("case", "c1", "summary"), 0)["parts"], "fold")[0]
    ways = [item["send"] for part in texts(everywhere["parts"], "buttons") for item in part["items"]]
    assert {"refer", "write_note", "record_consent", "make_plan"} <= {way["form"] for way in ways}
    assert all(FORMS[way["form"]].tab == way["tab"] for way in ways)


def test_roles_see_and_do_what_is_theirs():
    for actor, sees in ((SUPERVISOR, True), (COLLEAGUE, False)):
        office = Office(actor)
        found = case_file(office, "c1")
        assert (found is not None) == sees
        if found is not None:
            assert {"decide_approval", "assign"} <= {one.do for tab in TABS for one in forms_of(tab, office, found)}
    assert case_file(Office(), "no-hay") is None


def test_the_form_that_is_open_comes_first_and_is_empty_after_it_was_sent(office, file):
    where = Where("case", "c1", "notes", "write_note")
    first, later = (case_screen(office, file, where, nonce) for nonce in (0, 1))
    kinds = [part["kind"] for part in first["parts"]]
    assert kinds.index("form") < kinds.index("card")
    ids = [texts(screen["parts"], "form")[0]["id"] for screen in (first, later)]
    assert ids[0] != ids[1]
    other_tab = case_screen(office, file, Where("case", "c1", "plan", "write_note"), 0)
    assert not texts(other_tab["parts"], "form")


def line(code, name, due, risk=Risk.LOW, owner="marlene"):
    return CaseLine(code.lower(), code, name, Status.OPEN, Step.NEW, risk, owner, "sur", due)


def test_the_list_of_cases_begins_with_what_is_due_and_can_be_narrowed(office):
    late, soon = office.now - timedelta(hours=1), office.now + timedelta(days=1)
    lines = [line("SIM-3", "Ana", None), line("SIM-2", "Bea", soon, Risk.HIGH, "nelly"), line("SIM-1", "Luz", late)]
    table = texts(cases(office, lines, {})["parts"])[0]
    assert [row[0]["text"] for row in table["rows"]] == ["SIM-1", "SIM-2", "SIM-3"]
    assert table["rows"][0][4].startswith("Atrasado: ")
    assert [row[5] for row in table["rows"]] == ["Usted", "Nelly Vera", "Usted"]
    assert texts(cases(office, lines, {"risk": "high"})["parts"])[0]["caption"] == "1 caso"
    assert "Ningún caso" in texts(cases(office, [], {"text": "x"})["parts"])[0]["empty"]
    query = query_of({"text": "luz", "status": "open", "step": "new", "due": ["pronto"]}, office)
    assert (query.text, query.status, query.step) == ("luz", Status.OPEN, Step.NEW)
    assert query.due_before == office.now + timedelta(days=7)


def task(days, text="Llamar"):
    due = MONDAY + timedelta(days=days)
    return Task(TaskKind.FOLLOW_UP, "c1", due, text, "c1", due < MONDAY, MONDAY <= due <= MONDAY + timedelta(days=7))


def test_the_calendar_sorts_by_how_urgent_it_is():
    office: Any = SimpleNamespace(now=MONDAY)
    screen = calendar(office, [task(-1), task(0.1), task(1), task(30)], {"c1": "SIM-1: Elvia"}, ends=True)
    tables = texts(screen["parts"])
    assert [table["caption"] for table in tables] == ["Atrasado", "En los próximos siete días", "Más adelante"]
    assert [row[2] for row in tables[1]["rows"]] == ["Hoy, 10:24", "Mañana, 08:00"]
    sent = [item["send"] for item in texts(screen["parts"], "buttons")[0]["items"]]
    assert sent == [{"do": "wait", "until": "next"}, {"do": "wait", "minutes": 60}, {"do": "wait", "until": "tomorrow"}]
    assert not texts(calendar(office, [], {}, ends=False)["parts"], "buttons")
    assert count_due([task(-1), task(0.1), task(1)], MONDAY) == 2
    office_only = replace(task(-1), case_id="b-0012")
    assert count_due([office_only], MONDAY) == 0
    beside = calendar(office, [office_only], {}, ends=True)
    assert [part["title"] for part in texts(beside["parts"], "fold")] == ["En otros casos a su cargo (1)"]
    situation: Any = SimpleNamespace(title="Una voz al fondo")
    waiting = OpenSituation("s1", situation, MONDAY, MONDAY + timedelta(minutes=30))
    assert "Una voz al fondo: hasta el lunes 9 de marzo, 08:30" in told(
        calendar(office, [], {}, ends=True, waiting=[waiting])
    )


def test_the_inbox_puts_unread_first_and_hides_what_was_not_read():
    def message(id, minutes, read):
        at = MONDAY + timedelta(minutes=minutes)
        return InboxMessage(id, at, "Elvia", Channel.CHAT, Account.PERSONAL, f"Texto {id}", "c1", read)

    option = SimpleNamespace(id="a", text="Llamar *hoy*")
    situation: Any = SimpleNamespace(title="Un mensaje", text="¿Qué **hace**?", case="c1", options=[option])
    waiting = OpenSituation("s1", situation, MONDAY, MONDAY + timedelta(hours=5))
    office: Any = SimpleNamespace(now=MONDAY)
    screen = inbox(office, [message("m1", 1, True), message("m2", 2, False)], [waiting], {"c1": "SIM-1: Elvia"})
    assert [part.get("mark", part["kind"]) for part in screen["parts"]] == ["Sin leer", "Decisión", "fold"]
    assert "Texto m2" not in told(screen)
    assert "Texto m1" in told(screen)
    assert "quedan 5 horas" in told(screen)
    assert texts(screen["parts"], "choice")[0]["options"] == [{"id": "a", "html": "Llamar <em>hoy</em>"}]
    assert "Abrir el caso" not in told(inbox(office, [message("m1", 1, True)], [waiting], {}))
    opened = inbox(office, [message("m1", 1, True), message("m2", 2, False)], [waiting], {}, reading="m1")
    assert "Texto m1" in told(opened["parts"][0])
    assert "fold" not in [part["kind"] for part in opened["parts"]]
    assert "No hay nada pendiente" in told(inbox(office, [], [], {}))


def test_before_the_story_practice_and_grades_are_told_apart():
    practice, graded = (told(start("Título", "**Viene** esto.", 20, graded=one)) for one in (False, True))
    assert "Es una práctica" in practice
    assert "Es una historia calificada" in graded
    for screen in (practice, graded):
        assert "<strong>Viene</strong>" in screen
        assert "20 minutos" in screen
        assert "Pausa" in screen
    assert not [digit for digit in "0123456789" if digit in told(pause())]  # no number to call that is not everywhere's


def test_the_ways_tell_what_waits():
    items = ways(Where("case", "c1"), 2, 0, 1)["items"]
    assert [item["text"] for item in items] == ["Bandeja (2)", "Mis casos", "Calendario y reloj", "Conexión (1)"]
    assert [item["current"] for item in items] == [False, True, False, False]


def test_what_went_on_meanwhile_is_told_once():
    moments = [Moment(MONDAY, "ignored", "Nadie contestó."), Moment(MONDAY, "message", "Otra cosa.")]
    assert "Nadie contestó." in told(followed("**Sí**.", moments))
    assert "Otra cosa." not in told(followed("", moments))
    assert followed("", []) == ()


def test_moments_and_spans_in_words():
    assert short_moment(MONDAY) == "lun 9 mar, 08:00"
    spans = [span(timedelta(minutes=minutes)) for minutes in (0, 1, 59, 60, 47 * 60, 48 * 60)]
    assert spans == ["0 minutos", "1 minuto", "59 minutos", "1 hora", "47 horas", "2 días"]


def test_receivers_are_no_readers_of_whole_files():
    office = Office(Actor("lia", Role.RECIPIENT, "centro"))
    assert case_file(office, "c1") is None
