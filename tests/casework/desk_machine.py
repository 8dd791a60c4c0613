"""Random players of every role on one desk, as a state machine: rules to run, and what must hold after each of them.

``make_store`` may be replaced, to play on another store.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ciberaula.casework import audit
from ciberaula.casework.desk import Desk, Done
from ciberaula.casework.entities import (
    Approval,
    CaseFile,
    Consent,
    Document,
    Entity,
    Flag,
    FollowUp,
    Incident,
    Plan,
    Service,
    Transition,
)
from ciberaula.casework.policy import EVERYTHING, Denied
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.store.protocol import Query, Store
from ciberaula.casework.vocabulary import Status, Step, TransitionStatus
from ciberaula.casework.workflow import step
from ciberaula.errors import UserError
from tests.casework.oracle import RECEIVERS, Known, check_received, check_same, is_for
from tests.casework.worlds import BECAUSE, ORGANISATIONS, START, USERS

CASES = {"c1": "marlene", "c2": "nadia"}
KINDS_OF_DATA = ["appointment", "identity", "contact", "family", "location", "health", "violence"]

users = st.sampled_from(list(USERS))
cases = st.sampled_from(list(CASES))
receivers = st.sampled_from(RECEIVERS)
some_data = st.lists(st.sampled_from(KINDS_OF_DATA), unique=True, max_size=3)
mostly = st.sampled_from([True, True, True, False])
overrides = st.sampled_from(["", "", "", "corto", BECAUSE, BECAUSE])


class DeskMachine(RuleBasedStateMachine):
    """A desk, its oracle, and everything done or tried, to be replayed at the end."""

    make_store: Callable[[], Store] = staticmethod(MemoryStore)

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.store = self.make_store()
        self.desk = Desk(self.store, lambda: self.now, organisations=ORGANISATIONS)
        self.log: list[tuple[datetime, Callable[[Desk, datetime], Any]]] = []
        self.entries = 0
        self.known: dict[str, Known] = {}
        self.n = 0

    # Doing, and what must hold of anything done

    @initialize()
    def open_cases(self) -> None:
        for case, owner in CASES.items():
            fields = {"code": f"SIM-{case}", "person": f"p-{case}", "name": f"Persona {case}", "canton": "Tena"}
            self.act(owner, "register", case, **fields)
            self.act(owner, "record_consent", case, person=f"p-{case}", purpose="services", granted=True)
            sharing = {"purpose": "sharing", "granted": True, "to": ["centro-mujer"], "data": ["identity", "health"]}
            self.act(owner, "record_consent", case, person=f"p-{case}", **sharing)

    def next_id(self) -> str:
        self.n += 1
        return f"a{self.n}"

    def attempt(self, run: Callable[[Desk], Any], *, repeat: bool = False) -> Any:
        """Do it and count: one entry if done or refused, none for what can't be or was done before."""
        self.log.append((self.now, lambda desk, _now: run(desk)))
        try:
            done = run(self.desk)
        except Denied:
            self.entries += 1
            assert self.last().kind == audit.DENIED
            return None
        except UserError:
            return None
        if not repeat:
            self.entries += 1
        return done

    def last(self) -> Any:
        with self.store.begin() as unit:
            return unit.audit(limit=1)[0]

    def act(self, user: str, do: str, case: str, **fields: Any) -> Done | None:
        action, id = {"do": do, "case": case, **fields}, self.next_id()
        done: Done | None = self.attempt(lambda desk: desk.do(USERS[user], action, action_id=id))
        if done is not None:
            self.judge(user, action, done)
        return done

    def judge(self, user: str, action: dict[str, Any], done: Done) -> None:
        entry, id = done.entry, done.entities[0].id
        assert (entry.kind, entry.actor, entry.action, entry.case_id) == ("change", user, action["do"], action["case"])
        assert entry.entities == tuple(one.id for one in done.entities)
        if action["do"] == "register":
            self.known[action["case"]] = Known(user, USERS[user].group)
            return
        known = self.known[action["case"]]
        assert known.in_scope(user, action, self.now, entry.reason), f"out of scope: {user} {action}"
        assert known.may_be_told(user, action, entry.reason), f"told without consent: {user} {action}"
        known.learn(user, action, id, self.now)

    def file(self, case: str) -> CaseFile:
        with self.store.begin() as unit:
            found = unit.case_file(case)
        assert found is not None
        return found

    def one_of(self, data: st.DataObject, kind: type[Entity], case: str) -> str:
        ids = list(self.file(case).entities.get(kind, {}))
        id: str = data.draw(st.sampled_from([*ids, *ids[-2:], *ids[-1:], "none"]), label=kind.__name__)
        return id

    def whoever(self, data: st.DataObject, case: str) -> str:
        """Half of the time whoever has the case, or nearly everything would be refused."""
        return self.half_of_the_time(data, self.known[case].owner)

    def receiver(self, data: st.DataObject, case: str, transition: str) -> str:
        """Half of the time whom that was sent to."""
        sent = self.known[case].sent.get(transition, {"to": "lia", "do": "refer"})
        asked = sent["do"] == "request_transfer"
        to = self.known[case].owner if asked else ORGANISATIONS.get(sent["to"], sent["to"])
        return self.half_of_the_time(data, to)

    @staticmethod
    def half_of_the_time(data: st.DataObject, user: str) -> str:
        drawn: str = data.draw(st.sampled_from([user] * len(USERS) + list(USERS)), label="user")
        return drawn

    def agreed_to(self, data: st.DataObject, case: str, to: str, what: list[str]) -> tuple[str, list[str]]:
        """Mostly something that was once agreed to, maybe withdrawn since; now and then whatever was drawn."""
        said = [(one["to"][0], one["data"] or what) for one in self.known[case].consents if one["to"]]
        receiver, kinds = data.draw(st.sampled_from([*said, *said[-1:], (to, what)]), label="to")
        return receiver, list(kinds)

    # The players

    @rule(minutes=st.sampled_from([1, 5, 30, 300]))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(case=cases, to=st.lists(receivers, unique=True, max_size=2), what=some_data, yes=mostly, data=st.data())
    def consents(self, case: str, to: list[str], what: list[str], yes: bool, data: st.DataObject) -> None:
        purpose = "sharing" if to else "services"
        fields = {"person": f"p-{case}", "purpose": purpose, "granted": yes, "to": to, "data": what}
        self.act(self.whoever(data, case), "record_consent", case, **fields)

    @rule(case=cases, data=st.data())
    def withdraws(self, case: str, data: st.DataObject) -> None:
        consent = self.one_of(data, Consent, case)
        before = self.file(case)
        done = self.act(self.whoever(data, case), "withdraw_consent", case, consent=consent)
        if done is not None:
            after = {one.id: one.status for one in self.file(case).of(Transition)}
            open_before = [one for one in before.of(Transition) if one.status is TransitionStatus.IN_PROGRESS]
            kept = [one for one in open_before if after[one.id] is not TransitionStatus.REVOKED and not one.override]
            assert all(
                self.known[case].agreed("sharing", one.to, [kind.value for kind in one.data])
                for one in kept
                if one.kind.value in ("referral", "transfer")
            )
            assert bool(done.line) == (len(done.entities) > 1)

    @rule(
        case=cases,
        do=st.sampled_from(["refer", "transfer"]),
        to=receivers,
        what=some_data,
        why=overrides,
        data=st.data(),
    )
    def sends(self, case: str, do: str, to: str, what: list[str], why: str, data: st.DataObject) -> None:
        user = self.whoever(data, case)
        to, what = self.agreed_to(data, case, to, what)
        self.act(user, do, case, to=to, data=what or ["identity"], reason="apoyo", override=why)

    @precondition(lambda self: any(one.sent for one in self.known.values()))
    @rule(case=cases, accept=mostly, data=st.data())
    def answers(self, case: str, accept: bool, data: st.DataObject) -> None:
        transition = self.one_of(data, Transition, case)
        user = self.receiver(data, case, transition)
        self.act(user, "answer_transition", case, transition=transition, accept=accept)

    @precondition(lambda self: any(one.sent for one in self.known.values()))
    @rule(case=cases, data=st.data())
    def attends(self, case: str, data: st.DataObject) -> None:
        transition = self.one_of(data, Transition, case)
        self.act(self.receiver(data, case, transition), "complete_transition", case, transition=transition)

    @precondition(lambda self: any(one.sent for one in self.known.values()))
    @rule(case=cases, data=st.data())
    def takes_back(self, case: str, data: st.DataObject) -> None:
        transition = self.one_of(data, Transition, case)
        self.act(self.whoever(data, case), "revoke_transition", case, transition=transition, reason="ya no")

    @rule(case=cases, who=st.sampled_from([*RECEIVERS, "subject"]), what=some_data, why=overrides, data=st.data())
    def talks(self, case: str, who: str, what: list[str], why: str, data: st.DataObject) -> None:
        if who != "subject":
            who, what = self.agreed_to(data, case, who, what)
        channel = data.draw(st.sampled_from(["phone", "platform", "chat", "in_person"]))
        account = data.draw(st.sampled_from(["institutional", "institutional", "personal"]))
        fields: dict[str, Any] = {
            "who": f"p-{case}" if who == "subject" else who,
            "channel": channel,
            "account": account,
        }
        fields["incoming"] = data.draw(st.booleans())
        done = self.act(self.whoever(data, case), "contact", case, purpose="hablar", data=what, override=why, **fields)
        if done is not None:
            assert account == "institutional"
            assert channel != "chat" or set(what) <= {"appointment"}

    @rule(case=cases, what=some_data, data=st.data())
    def files_a_document(self, case: str, what: list[str], data: st.DataObject) -> None:
        self.act(self.whoever(data, case), "add_document", case, title="Informe", kind="informe", data=what)

    @rule(case=cases, to=receivers, why=overrides, data=st.data())
    def shares_a_document(self, case: str, to: str, why: str, data: st.DataObject) -> None:
        document = self.one_of(data, Document, case)
        to, _what = self.agreed_to(data, case, to, [])
        self.act(self.whoever(data, case), "share_document", case, document=document, to=to, override=why)

    @rule(case=cases, do=st.sampled_from(["refer", "transfer"]), to=receivers, what=some_data, far=st.integers(0, 4))
    def goes_all_the_way(self, case: str, do: str, to: str, what: list[str], far: int) -> None:
        """The steps that have to follow one another to get anywhere, up to some point: chance alone seldom finds them."""
        owner, receiver = self.known[case].owner, ORGANISATIONS.get(to, to)
        fields = {"person": f"p-{case}", "purpose": "sharing", "granted": True, "to": [to], "data": what}
        agreed = self.act(owner, "record_consent", case, **fields)
        sent = self.act(owner, do, case, to=to, data=what, reason="apoyo")
        self.see(receiver, case, "file")
        if far > 0 and sent is not None:
            transition = sent.entities[0].id
            self.act(receiver, "answer_transition", case, transition=transition, accept=True)
            self.see(receiver, case, "file")
            if far == 2:
                self.act(receiver, "complete_transition", case, transition=transition)
            if far == 3 and agreed is not None:
                self.act(owner, "withdraw_consent", case, consent=agreed.entities[0].id)
            if far == 4:
                self.act(owner, "revoke_transition", case, transition=transition, reason="ya no")
        self.see(receiver, case, "file")
        self.see(owner, case, "file")

    @rule(case=cases, again=st.booleans())
    def ends_well(self, case: str, again: bool) -> None:
        known = self.known[case]
        asked = self.act(known.owner, "request_approval", case, what="closure")
        if asked is None:
            return
        supervisor = "ruth" if known.group == "equipo-sur" else "olga"
        self.act(supervisor, "decide_approval", case, approval=asked.entities[0].id, approved=True)
        for one in self.file(case).of(Transition):
            if one.status is TransitionStatus.IN_PROGRESS:
                self.act(known.owner, "revoke_transition", case, transition=one.id, reason="cierre")
        self.act(known.owner, "close", case, reason="formal_closing", summary="Logrado.")
        if again:
            self.act(known.owner, "reopen", case, reason="otra vez")

    @rule(case=cases, data=st.data())
    def does_her_paperwork(self, case: str, data: st.DataObject) -> None:
        """One rule for all that shares nothing, so that what does comes up often."""
        work = [self.assesses, self.plans, self.runs_a_service, self.writes, self.follows_up, self.handles_an_incident]
        data.draw(st.sampled_from(work), label="work")(self.whoever(data, case), case, data)

    def assesses(self, user: str, case: str, data: st.DataObject) -> None:
        self.act(user, "assess", case, risk=data.draw(st.sampled_from(["high", "low"])), facts="Lo que contó.")

    def plans(self, user: str, case: str, data: st.DataObject) -> None:
        goal = {"need": "a", "goal": "b", "action": "c", "who": "d", "days": 7}
        known = self.one_of(data, Plan, case)
        self.act(user, "make_plan", case, goals=[goal], plan=None if known == "none" else known)

    def runs_a_service(self, user: str, case: str, data: st.DataObject) -> None:
        service = self.one_of(data, Service, case)
        if service == "none":
            self.act(user, "request_service", case, kind="psychosocial", provider="centro-salud", days=3)
        else:
            status = data.draw(st.sampled_from(["appointed", "implemented", "declined"]))
            self.act(user, "update_service", case, service=service, status=status)

    def writes(self, user: str, case: str, data: st.DataObject) -> None:
        fields: dict[str, dict[str, Any]] = {
            "write_note": {"facts": "Vino.", "next": "Volver."},
            "raise_concern": {"kind": "gbv_survivor", "detail": "Amenazas."},
            "raise_flag": {"reason": "ver"},
            "consult": {"to": "ruth", "question": "¿Qué hago?"},
        }
        do = data.draw(st.sampled_from(list(fields)))
        self.act(user, do, case, **fields[do])

    def follows_up(self, user: str, case: str, data: st.DataObject) -> None:
        self.act(user, "lower_flag", case, flag=self.one_of(data, Flag, case), reason="visto")
        self.act(user, "follow_up", case, follow_up=self.one_of(data, FollowUp, case), comment="Fue.")
        self.act(user, "plan_follow_up", case, kind="for_service", days=2)

    def handles_an_incident(self, user: str, case: str, data: st.DataObject) -> None:
        incident = self.one_of(data, Incident, case)
        if incident == "none":
            self.act(user, "detect_incident", case, what="Correo equivocado")
            return
        whom = data.draw(st.sampled_from(["supervisor", "authority", "people"]))
        self.act(user, "contain_incident", case, incident=incident, measures="Se borró.")
        self.act(user, "notify_incident", case, incident=incident, whom=whom, text="Aviso.")

    @rule(case=cases, who=st.sampled_from(["centro-mujer", "lia", "hermana"]))
    def adds_somebody(self, case: str, who: str) -> None:
        """Whoever may receive something never becomes a person of the case, who is told without consent to sharing."""
        done = self.act(self.known[case].owner, "add_person", case, person=who, name="Alguien", relation="hermana")
        assert done is None or who == "hermana"

    @rule(case=cases, approved=st.booleans(), data=st.data())
    def approves(self, case: str, approved: bool, data: st.DataObject) -> None:
        user, approval = self.whoever(data, case), self.one_of(data, Approval, case)
        if approval == "none":
            self.act(user, "request_approval", case, what="closure")
            return
        asked_by = {one.id: one.asked_by for one in self.file(case).of(Approval)}[approval]
        decider = data.draw(st.sampled_from(["ruth", "olga", user]))
        done = self.act(decider, "decide_approval", case, approval=approval, approved=approved)
        assert done is None or decider not in (asked_by, self.known[case].owner)

    @rule(case=cases, data=st.data())
    def closes_or_reopens(self, case: str, data: st.DataObject) -> None:
        do = "close" if self.file(case).case.status is Status.OPEN else "reopen"
        fields = {"reason": "otra vez"} if do == "reopen" else {"reason": "formal_closing", "summary": "Logrado."}
        before = self.file(case)
        done = self.act(self.whoever(data, case), do, case, **fields)
        if done is not None:
            assert before.case.status is (Status.OPEN if do == "close" else Status.CLOSED)
            waiting = [one for one in before.of(Transition) if one.status is TransitionStatus.IN_PROGRESS]
            assert do == "reopen" or (not waiting and any(one.status == "approved" for one in before.of(Approval)))

    @rule(case=cases, user=users, to=st.sampled_from(["marlene", "pablo"]))
    def assigns(self, case: str, user: str, to: str) -> None:
        self.act(user, "assign", case, to=to, reason="vacaciones")

    @rule(case=cases, user=users, hours=st.sampled_from([1, 8]), request=st.booleans())
    def wants_in(self, case: str, user: str, hours: int, request: bool) -> None:
        if request:
            self.act(user, "request_transfer", case, reason="la conozco")
        else:
            self.act(user, "break_glass", case, reason=BECAUSE, hours=hours)

    @rule(case=cases, data=st.data(), part=st.sampled_from(["file", "file", "identity", "notes", "documents", "audit"]))
    def looks(self, case: str, part: str, data: st.DataObject) -> None:
        self.see(self.whoever(data, case), case, part)

    def see(self, user: str, case: str, part: str) -> None:
        id = self.next_id()
        view = self.attempt(lambda desk: desk.look(USERS[user], case, part, action_id=id))
        known = self.known[case]
        broken = known.broken(user, self.now)
        if view is None:
            assert not known.has(user) and (not broken or part != "file"), f"kept out: {user} {case} {part}"
            return
        assert (view.entry.kind, view.entry.actor, view.entry.entities) == ("access", user, (part,))
        if view.visible == EVERYTHING:
            assert known.has(user) or (broken and view.entry.reason == BECAUSE), f"out of scope: {user} sees {case}"
        else:
            check_received(user, self.file(case), view.visible, view.file)

    @rule(user=users, text=st.sampled_from(["", "persona", "c2", "nadie"]), named=st.booleans())
    def finds(self, user: str, text: str, named: bool) -> None:
        query = Query(text=text, step=Step.SERVICES if named else None)
        id = self.next_id()
        lines = self.attempt(lambda desk: desk.find(USERS[user], query, action_id=id))
        for line in lines:
            if not self.known[line.case_id].has(user):
                assert not named and (line.step, line.risk, line.next_due) == (None, None, None)
                sent = self.file(line.case_id).of(Transition)
                assert any(is_for(user, one.to) for one in sent if one.status is not TransitionStatus.REVOKED)

    @rule(user=users)
    def sees_her_tasks(self, user: str) -> None:
        for task in self.desk.tasks(USERS[user]):
            known = self.known[task.case_id]
            assert known.owner == user or task.about in known.sent

    @rule(data=st.data())
    def sends_again(self, data: st.DataObject) -> None:
        """What was done and is sent once more changes nothing."""
        changes = [one for one in self.desk.audit() if one.kind == audit.CHANGE and one.action == "raise_flag"]
        if changes:
            entry = data.draw(st.sampled_from(changes))
            action = {"do": "raise_flag", "case": entry.case_id, "reason": "ver"}
            before = self.file(entry.case_id)
            done = self.attempt(
                lambda desk: desk.do(USERS[entry.actor], action, action_id=entry.action_id), repeat=True
            )
            assert done.repeated and done.entry == entry
            assert list(self.file(entry.case_id)) == list(before)

    # What always holds

    @invariant()
    def each_look_and_change_has_one_entry(self) -> None:
        with self.store.begin() as unit:
            assert unit.head()[0] == self.entries

    @invariant()
    def the_workflow_is_derived(self) -> None:
        for case, known in self.known.items():
            file = self.file(case)
            assert isinstance(step(file), Step)
            assert (step(file) is Step.CLOSED) == (file.case.status is Status.CLOSED)
            assert (file.case.owner, file.case.group) == (known.owner, known.group)

    def teardown(self) -> None:
        self.every_version_came_by_an_entry()
        self.the_same_log_gives_the_same_state()
        self.store.close()

    def every_version_came_by_an_entry(self) -> None:
        check = self.desk.verify()
        assert check.ok and check.entries == self.entries
        entries = self.desk.audit()
        put = sorted((entry.action_id, id) for entry in entries if entry.kind == "change" for id in entry.entities)
        with self.store.begin() as unit:
            ids = {one.id for case in self.known for one in unit.case_file(case) or ()}
            kept = sorted((version.action_id, id) for id in ids for version in unit.versions(id))
        assert put == kept

    def the_same_log_gives_the_same_state(self) -> None:
        other = self.make_store()
        at = START
        desk = Desk(other, lambda: at, organisations=ORGANISATIONS)
        for at, run in self.log:
            try:
                run(desk, at)
            except UserError:
                continue
        check_same(self.store, other, self.known)
        other.close()
