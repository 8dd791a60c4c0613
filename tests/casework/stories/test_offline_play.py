"""Without a connection: the player goes on in a bag of cases, others on the desk, and nothing of either is lost."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ciberaula.casework.entities import Case, Household, Note, Person, Transition
from ciberaula.casework.stories.conditions import Condition
from ciberaula.casework.stories.evaluate import holds
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.spec import Effect, User
from ciberaula.casework.vocabulary import Role
from ciberaula.errors import UserError
from tests.casework.stories.conftest import SAMPLE

HOME = {"do": "set_household", "case": "c1", "canton": "Chone", "area": "rural", "connection": "none"}
NOTE = {"do": "write_note", "case": "c1", "facts": "Dice que volvió a su trabajo."}
WHO = {"do": "add_person", "case": "c1", "person": "elvia", "name": "Elvia", "relation": "titular"}
THEIRS = "Ruth habló con ella hoy: llamar de 17:00 a 18:00."


def acts(at: str, by: str = "ruth", **action: Any) -> Effect:
    return Effect.model_validate({"at": at, "act": {"by": by, "action": action}})


def line(at: str, state: str) -> Effect:
    return Effect.model_validate({"at": at, "connection": state})


@pytest.fixture(scope="module")
def base():
    story = load_story(SAMPLE)
    users = {**story.users, "pablo": User(name="Pablo Vera", role=Role.CASEWORKER, group="equipo-sur")}
    return story.model_copy(update={"background": 0, "users": users, "opening": story.opening[:1]})


@pytest.fixture
def begun(base):
    """Play with these effects; the case was opened already."""

    def begin(*effects):
        play = Play(base.model_copy(update={"opening": (*base.opening, *effects)}), trainee="colibri-12")
        play.do({"do": "look", "case": "c1"})
        return play

    return begin


@pytest.fixture
def clash(begun):
    """Offline since D2 09:00; Ruth revised Elvia's data and her household at 11:00, and so did the player."""
    play = begun(
        line("D2 09:00", "down"),
        acts("D2 11:00", **{**WHO, "phone_note": THEIRS}),
        acts("D2 11:05", **{**HOME, "device": "none"}),
        line("D2 15:00", "up"),
    )
    to(play, "D2", 9, 30)
    play.do(NOTE)
    play.do({**WHO, "phone_note": "Dice ella: a cualquier hora."})
    play.do({**HOME, "device": "shared"})
    return play


def to(play, day, hour, minute=0):
    """Let time pass until that moment."""
    moment = play.story.start.replace(day=8 + int(day[1:]), hour=hour, minute=minute)
    left = int((moment - play.now).total_seconds() // 60)
    if left > 0:
        play.do({"do": "wait", "minutes": left})


def lines(play):
    return [one.text for one in play.timeline if one.kind == "connection"]


def replayed(play):
    again = Play.replay(play.story, play.answer())
    assert again.store.files == play.store.files and again.store.chain == play.store.chain
    assert again.timeline == play.timeline and again.happened == play.happened
    assert (again.connected, again.unsynchronised) == (play.connected, play.unsynchronised)
    assert again.conflicts == play.conflicts and again.refused == play.refused
    return again


def versions(play, id):
    with play.store.begin() as unit:
        return [one.entity for one in unit.versions(id)]


# Going and coming back -------------------------------------------------------------------------------------------------


def test_work_goes_on_apart_and_comes_back_by_itself(begun):
    play = begun(line("D2 09:00", "down"), acts("D2 10:00", **{**HOME, "device": "none"}), line("D2 15:00", "up"))
    to(play, "D2", 9, 30)
    assert not play.connected and not play.reachable
    written = play.do(NOTE).record
    to(play, "D2", 12)
    with play.store.begin() as unit:
        shared = unit.case_file("c1")
    assert shared.of(Note) == [] and shared.of(Household)[0].device == "none"
    assert play.file("c1").of(Household)[0].device == "shared"
    assert [one.facts for one in play.file("c1").of(Note)] == [NOTE["facts"]]
    assert play.unsynchronised == 1 and play.conflicts == []
    replayed(play)
    to(play, "D2", 15)
    assert play.connected and play.unsynchronised == 0
    assert lines(play) == ["Se cae la conexión.", "Vuelve la conexión. Se sincronizó 1 acción hecha sin conexión."]
    assert [(one.id, one.made_at) for one in play.file("c1").of(Note)] == [(written.entities[0], written.at)]
    assert play.desk.verify().ok and play.store is play.desk.store
    replayed(play)


def test_where_nothing_was_done_the_connection_just_comes_back(begun):
    play = begun(line("D2 09:00", "down"), line("D2 15:00", "up"))
    to(play, "D2", 16)
    assert lines(play) == ["Se cae la conexión.", "Vuelve la conexión."] and play.connected


def test_what_was_taken_along_is_a_look(begun):
    play = begun(line("D2 09:00", "down"))
    to(play, "D2", 9, 30)
    last = play.store.chain[-1]
    assert (last.kind, last.action, last.actor, last.case_id) == ("access", "look", "marlene", "c1")


def test_a_refused_attempt_comes_back_into_the_audit(begun):
    play = begun(line("D2 09:00", "down"), line("D2 15:00", "up"))
    to(play, "D2", 9, 30)
    call = {"do": "contact", "case": "c1", "who": "elvia", "channel": "phone", "purpose": "x"}
    refused = play.do({**call, "account": "personal"})
    assert not refused.ok and refused.record.outcome == "denied"
    to(play, "D2", 15)
    denied = [one for one in play.store.chain if one.kind == "denied"]
    assert [(one.action, one.at) for one in denied] == [("contact", refused.record.at)]
    assert lines(play)[-1] == "Vuelve la conexión."
    replayed(play)


# Conflicts -------------------------------------------------------------------------------------------------------------


def test_without_a_connection_nobody_knows_of_a_conflict(clash):
    to(clash, "D2", 14)
    assert clash.conflicts == []
    to(clash, "D2", 15)
    assert [one.key for one in clash.conflicts] == ["c1/elvia", "c1/x-1.1"]


def test_a_conflict_is_read_in_both_versions(clash):
    to(clash, "D2", 15)
    person, home = clash.conflicts
    assert (person.title, person.code, person.by) == ("Datos de Elvia", "SIM-114", "Ruth Andrade")
    assert [(row.label, row.mine, row.theirs) for row in person.rows] == [
        ("Cómo y cuándo ubicarla sin riesgo", "Dice ella: a cualquier hora.", THEIRS)
    ]
    assert [(row.label, row.mine, row.theirs) for row in home.rows] == [
        ("Teléfono o computadora", "Compartido", "No tiene"),
    ]
    assert person.theirs_at.hour == 11 and person.mine_at.hour == 9


def test_until_it_is_decided_work_goes_on_in_the_bag(clash):
    to(clash, "D2", 15)
    assert clash.reachable and not clash.connected
    assert "Hay 2 cambios" in lines(clash)[-1]
    assert clash.do(NOTE).record.offline and clash.unsynchronised == 4
    with pytest.raises(UserError, match="decida antes los cambios"):
        clash.do({"do": "consult", "case": "c1", "to": "ruth", "question": "¿?"})
    assert holds(Condition(offline=True), clash) is not None
    replayed(clash)


@pytest.mark.parametrize(
    ("keep", "why"),
    [
        ({}, "Falta decidir 2 cambios"),
        ({"c1/elvia": "mine"}, "Falta decidir 1 cambio "),
        ({"c1/elvia": "mine", "c1/x-1.1": "mine", "c1/otra": "mine"}, "«c1/otra» no es uno"),
        ({"c1/elvia": "ambas", "c1/x-1.1": "mine"}, "mine"),
    ],
)
def test_a_wrong_choice_is_told_and_changes_nothing(clash, keep, why):
    to(clash, "D2", 15)
    before = clash.answer(), len(clash.store.chain), len(clash.happened), len(clash.timeline)
    with pytest.raises(UserError, match=why):
        clash.do({"do": "synchronise", "keep": keep})
    assert (clash.answer(), len(clash.store.chain), len(clash.happened), len(clash.timeline)) == before
    forged = clash.answer()
    forged["actions"].append({"n": len(forged["actions"]) + 1, "action": {"do": "synchronise", "keep": keep}})
    with pytest.raises(UserError, match="no se puede repetir"):
        Play.replay(clash.story, forged)


def test_the_choice_counts_and_both_versions_stay(clash):
    to(clash, "D2", 15)
    done = clash.do({"do": "synchronise", "keep": {"c1/elvia": "theirs", "c1/x-1.1": "mine"}})
    assert done.ok and "Se sincronizaron 2 acciones" in done.line and "quedó solo en el historial" in done.line
    assert (done.record.args["mine"], done.record.args["theirs"]) == (["x-1.1"], ["elvia"])
    assert clash.connected and clash.conflicts == []
    file = clash.file("c1")
    assert file.get(Person, "elvia").phone_note == THEIRS
    assert file.of(Household)[0].device == "shared"
    assert {"Dice ella: a cualquier hora.", THEIRS} <= {one.phone_note for one in versions(clash, "elvia")}
    assert {"shared", "none"} <= {one.device for one in versions(clash, "x-1.1")}
    assert clash.timeline[-1].text == done.line
    assert clash.desk.verify().ok
    replayed(clash)


def test_another_choice_is_another_log(clash):
    to(clash, "D2", 15)
    answer = clash.answer()
    both = [
        Play.replay(clash.story, answer),
        Play.replay(clash.story, answer),
    ]
    for play, whose in zip(both, ("mine", "theirs"), strict=True):
        play.do({"do": "synchronise", "keep": {"c1/elvia": whose, "c1/x-1.1": whose}})
    assert both[0].store.files != both[1].store.files


def test_what_a_withdrawn_consent_ends_is_nobodys_choice(begun):
    """A person's no comes back whatever became of the referral meanwhile."""
    play = begun(
        line("D2 09:00", "down"),
        acts("D2 11:00", by="lia", do="answer_transition", case="c1", transition="@last:refer", accept=True),
        line("D2 15:00", "up"),
    )
    ask = {"do": "ask_consent", "case": "c1", "person": "elvia", "purpose": "sharing", "through": "phone"}
    play.do({**ask, "to": ["centro-mujer"], "data": ["identity"], "explained": True})
    assert play.do({"do": "refer", "case": "c1", "to": "centro-mujer", "data": ["identity"], "reason": "x"}).ok
    to(play, "D2", 9, 30)
    play.do({"do": "withdraw_consent", "case": "c1", "consent": "@last:ask_consent"})
    to(play, "D2", 15)
    assert play.connected and play.conflicts == []
    assert [one.status for one in play.file("c1").of(Transition)] == ["revoked"]


def test_what_another_changed_of_the_same_record_is_no_conflict(begun):
    """The case got another worker while its risk was assessed: two fields, and the desk has the last word."""
    play = begun(
        line("D2 09:00", "down"),
        acts("D2 11:00", do="assign", case="c1", to="pablo", reason="Marlene cambia de equipo."),
        line("D2 15:00", "up"),
    )
    to(play, "D2", 9, 30)
    play.do({"do": "assess", "case": "c1", "risk": "high", "facts": "Duerme en casa de su hermana."})
    to(play, "D2", 15)
    assert play.connected and "La mesa ya no pudo hacer 1" in lines(play)[-1]
    told = play.refused
    assert [one.what for one in told] == ["Evaluó el riesgo: alto."] and "no está entre" in told[0].reason
    assert play.store.files["c1"].case.risk is None
    kept = {one.risk for one in versions(play, "c1")}
    assert "high" in kept
    replayed(play)


# Taking cases along ----------------------------------------------------------------------------------------------------


def test_cases_are_taken_along_and_brought_back_by_whoever_left(begun):
    play = begun(acts("D1 10:00", **{**HOME, "device": "none"}))
    left = play.do({"do": "go_offline", "cases": ["c1"]})
    assert left.ok and play.away and not play.connected
    assert play.store.chain[-1].kind == "access"
    play.do(NOTE)
    play.do({**HOME, "device": "shared"})
    to(play, "D1", 23)
    assert [one.id for one in play.inbox] == []  # a chat waits for her return
    first = play.do({"do": "synchronise"})
    assert first.ok and first.line.startswith("Volvió a conectarse. Hay 1 cambio")
    assert play.reachable and not play.connected and [one.id for one in play.inbox] == ["m1"]
    assert play.do({"do": "synchronise", "keep": {"c1/x-1.1": "theirs"}}).ok
    assert play.connected and play.file("c1").of(Household)[0].device == "none"
    replayed(play)


def test_without_conflicts_one_step_brings_everything_back(begun):
    play = begun()
    play.do({"do": "go_offline", "cases": ["c1"]})
    play.do(NOTE)
    back = play.do({"do": "synchronise"})
    assert back.line == "Sincronizó lo que hizo sin conexión. Se sincronizó 1 acción hecha sin conexión."
    assert play.connected and not back.record.offline


def test_who_is_away_does_not_notice_the_line(begun):
    play = begun(line("D1 09:00", "down"), line("D1 12:00", "up"))
    play.do({"do": "go_offline", "cases": ["c1"]})
    to(play, "D1", 10)
    with pytest.raises(UserError, match="Todavía no hay conexión"):
        play.do({"do": "synchronise"})
    to(play, "D1", 13)
    assert play.away and lines(play) == ["Se lleva 1 caso sin conexión."]
    assert play.do({"do": "synchronise"}).ok and play.connected


def test_when_the_line_is_down_one_can_still_leave_with_what_there_is(begun):
    play = begun(line("D1 09:00", "down"), line("D1 12:00", "up"))
    to(play, "D1", 10)
    with pytest.raises(UserError, match="casos que ya abrió"):
        play.do({"do": "go_offline", "cases": ["otro"]})
    assert play.do({"do": "go_offline", "cases": ["c1"]}).ok
    with pytest.raises(UserError, match="Ya está trabajando sin conexión"):
        play.do({"do": "go_offline", "cases": ["c1"]})
    to(play, "D1", 13)
    assert not play.connected


def test_a_case_of_somebody_else_cannot_be_taken(begun):
    play = begun(acts("D1 09:00", do="assign", case="c1", to="pablo", reason="Cambia de equipo."))
    to(play, "D1", 10)
    refused = play.do({"do": "go_offline", "cases": ["c1"]})
    assert not refused.ok and play.connected and not play.away
    assert play.store.chain[-1].kind == "denied"


def test_there_is_nothing_to_synchronise_with_a_connection(begun):
    with pytest.raises(UserError, match="No hay nada que sincronizar"):
        begun().do({"do": "synchronise"})


def test_an_option_may_take_the_case_along(base):
    story = base.model_copy(deep=True, update={"opening": (Effect(open="mensaje"),)})
    situation = story.situations["mensaje"]
    leaves = situation.options[1].model_copy(
        update={"acts": ({"do": "go_offline", "cases": ["c1"]}, *situation.options[1].acts)}
    )
    situations = {
        **story.situations,
        "mensaje": situation.model_copy(update={"options": (leaves, *situation.options[1:])}),
    }
    play = Play(story.model_copy(update={"situations": situations}))
    assert play.do({"do": "choose", "situation": "mensaje", "option": "b"}).ok
    assert play.away and play.unsynchronised == 2
    replayed(play)


def test_what_was_not_brought_back_at_the_end_is_told(begun):
    play = begun()
    play.do({"do": "go_offline", "cases": ["c1"]})
    play.do(NOTE)
    play.do({"do": "wait", "until": "end"})
    assert "Quedó 1 acción sin sincronizar: solo usted la tiene." in lines(play)
    assert play.unsynchronised == 1
    replayed(play)


# Answering what came in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "channel", "day", "answered"),
    [
        ("elvia", "chat", "D2", True),
        ("elvia", "phone", "D2", False),
        ("vecina", "chat", "D2", False),
        ("elvia", "chat", "D6", False),
    ],
)
def test_only_what_came_in_can_be_answered(begun, who, channel, day, answered):
    play = begun()
    to(play, day, 9)
    reply = {"do": "contact", "case": "c1", "who": who, "channel": channel, "purpose": "contestar", "incoming": True}
    if answered:
        assert play.do(reply).ok
    else:
        with pytest.raises(UserError, match="no llegó nada por ese medio"):
            play.do(reply)


def test_who_answers_for_an_organisation_is_the_organisation(begun):
    message = {"id": "m7", "from": "lia", "channel": "email", "text": "¿Va?", "case": "c1"}
    play = begun(Effect.model_validate({"at": "D1 09:00", "message": message}))
    to(play, "D1", 10)
    reply = {"do": "contact", "case": "c1", "channel": "email", "purpose": "contestar", "incoming": True}
    assert play.do({**reply, "who": "centro-mujer"}).ok
    assert play.do({**reply, "who": "lia"}).ok


# Whatever happens --------------------------------------------------------------------------------------------------------

WORK = st.sampled_from(
    [
        NOTE,
        {**HOME, "device": "own"},
        {**HOME, "device": "shared"},
        {**WHO, "phone_note": "De tarde."},
        {**WHO, "language": "qu"},
        {"do": "add_person", "case": "c1", "person": "hija", "name": "Dayana", "relation": "hija"},
        {"do": "assess", "case": "c1", "risk": "high", "facts": "Duerme en casa de su hermana."},
        {"do": "assess", "case": "c1", "risk": "low", "facts": "Volvió a su casa."},
        {"do": "raise_concern", "case": "c1", "kind": "gbv_survivor", "detail": "Teme volver."},
        {"do": "look", "case": "c1"},
    ]
)
OTHERS = (
    {**HOME, "device": "none"},
    {**WHO, "phone_note": THEIRS},
    {"do": "assess", "case": "c1", "risk": "medium", "facts": "Lo dijo el centro."},
    {"do": "add_person", "case": "c1", "person": "hija", "name": "Dayanara", "relation": "hija"},
    {**HOME, "device": "own", "area": "urban"},
    {"do": "assign", "case": "c1", "to": "pablo", "reason": "Cambia de equipo."},
    {**WHO, "age": 35},
    {"do": "assign", "case": "c1", "to": "marlene", "reason": "Vuelve."},
)


def content(entity: Any) -> str:
    """What must not be lost; who had the case before is the desk's affair."""
    return f"{entity.id}: {entity.risk}" if isinstance(entity, Case) else repr(entity)


class OffAndOn(RuleBasedStateMachine):
    """A player who comes and goes, a line that drops, and a supervisor who works on the same case."""

    @initialize(drops=st.lists(st.integers(1, 20), min_size=1, max_size=4), order=st.permutations(OTHERS))
    def start(self, drops, order):
        story = load_story(SAMPLE)
        users = {**story.users, "pablo": User(name="Pablo Vera", role=Role.CASEWORKER, group="equipo-sur")}
        # The line goes and comes on half hours of the first day; the others work every twenty minutes.
        hours = [f"D1 {8 + n // 2:02}:{n % 2 * 30:02}" for n in sorted(drops)]
        lines_ = [line(at, "up" if n % 2 else "down") for n, at in enumerate(hours)]
        others = [acts(f"D1 {9 + n // 3:02}:{n % 3 * 20:02}", **action) for n, action in enumerate(order * 3)]
        self.story = story.model_copy(
            update={"background": 0, "users": users, "opening": (*story.opening[:2], *lines_, *others)}
        )
        self.play = Play(self.story, trainee="colibri-12")
        self.play.do({"do": "look", "case": "c1"})
        self.made: set[str] = set()
        self.seen = 0

    def _do(self, action):
        try:
            outcome = self.play.do(action)
        except UserError:
            return None
        for record in self.play.happened[self.seen :]:
            if record.outcome == "done" and record.entities:
                store = self.play.desk.store if record.by == self.story.player else self.play.store
                with store.begin() as unit:
                    self.made |= {
                        content(one.entity)
                        for id in record.entities
                        for one in unit.versions(id)
                        if (one.entity.made_at, one.entity.made_by) == (record.at, record.by)
                    }
        self.seen = len(self.play.happened)
        return outcome

    @rule(actions=st.lists(WORK, min_size=1, max_size=3), minutes=st.sampled_from([5, 20, 60, 120]))
    def work(self, actions, minutes):
        for action in actions:
            self._do(action)
        self._do({"do": "wait", "minutes": minutes})

    @precondition(lambda self: self.play.connected)
    @rule()
    def leave(self):
        self._do({"do": "go_offline", "cases": ["c1"]})

    @precondition(lambda self: not self.play.connected)
    @rule(coins=st.lists(st.sampled_from(["mine", "theirs"]), min_size=6, max_size=6), wrong=st.booleans())
    def synchronise(self, coins, wrong):
        keep = {one.key: coin for one, coin in zip(self.play.conflicts, coins, strict=False)}
        if wrong:
            assert self._do({"do": "synchronise", "keep": {**keep, "c1/nadie": "mine"}}) is None
        self._do({"do": "synchronise", "keep": keep})

    @invariant()
    def nothing_is_lost(self):
        both: tuple[Any, ...] = (self.play.store, self.play.desk.store)
        stores = {id(one): one for one in both}.values()
        kept: set[str] = set()
        for store in stores:
            with store.begin() as unit:
                kept |= {content(one.entity) for id in store.kept for one in unit.versions(id)}
        assert self.made <= kept, self.made - kept

    @invariant()
    def the_chain_holds(self):
        assert self.play.desk.verify().ok
        assert len({(one.action_id, one.kind) for one in self.play.store.chain}) == len(self.play.store.chain)

    def teardown(self):
        if hasattr(self, "play"):
            replayed(self.play)


TestOffAndOn = OffAndOn.TestCase
TestOffAndOn.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
