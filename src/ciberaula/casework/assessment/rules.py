"""General rules: what costs points in every story, read off the log and the case files, each with its evidence.

They hold whatever the assessment file says. Attempts that the desk refused cost nothing: the desk held them back.
Whether somebody outside the file may be told follows the same conditions as the desk's own policy.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from ciberaula.casework import workflow
from ciberaula.casework.assessment import notes
from ciberaula.casework.assessment.history import History
from ciberaula.casework.assessment.load import story_cases
from ciberaula.casework.assessment.spec import Assessment
from ciberaula.casework.assessment.words import kinds_of_data
from ciberaula.casework.entities import CaseFile, Document
from ciberaula.casework.requirements import kept_out, needs_no_consent, sharing_consent
from ciberaula.casework.stories.clock import in_words
from ciberaula.casework.stories.log import Happened
from ciberaula.casework.stories.play import Play
from ciberaula.casework.vocabulary import CARRIES, Account, Channel, Criterion, Data, TaskKind, label
from ciberaula.i18n import _

NOTE_WITHIN = timedelta(hours=24)
_CONTACTS = frozenset({"contact", "outside_contact"})
_TELLING = frozenset({"refer", "transfer", "share_document", *_CONTACTS})
_TIMED = frozenset({TaskKind.ASSESSMENT, TaskKind.CASE_PLAN, TaskKind.FOLLOW_UP, TaskKind.INCIDENT})


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that costs points: which rule, why (Spanish), when, and the ``n`` of the log's records that show it."""

    rule: str
    criterion: Criterion
    text: str
    at: datetime
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What the rules look at."""

    play: Play
    assessment: Assessment

    @cached_property
    def mine(self) -> list[Happened]:
        """What the player did, refused attempts left out."""
        return [one for one in self.play.happened if one.by == self.play.actor.id and one.outcome == "done"]

    @cached_property
    def cases(self) -> frozenset[str]:
        """The cases of the story."""
        return story_cases(self.play.story)

    @cached_property
    def history(self) -> History:
        return History(self.play.store, sorted(self.cases))

    def file(self, record: Happened) -> CaseFile | None:
        """The case file at the time of ``record``."""
        return self.history.at(str(record.args.get("case", "")), record.at)

    def is_colleague(self, who: str) -> bool:
        """Of the player's own team?"""
        user = self.play.story.users.get(who)
        return user is not None and user.group == self.play.actor.group

    def told(self, record: Happened) -> tuple[str, tuple[Data, ...]]:
        """Whom an act tells something of a case, and which kinds of data."""
        args = record.args
        receiver = str(args.get("to") or args.get("who") or "")
        data = args.get("data") or ()
        if record.do == "share_document":
            file = self.file(record)
            document = file.get(Document, str(args.get("document"))) if file else None
            data = document.data if document else ()
        return receiver, tuple(Data(one) for one in data)

    def told_line(self, record: Happened, receiver: str, data: set[Data]) -> dict[str, str]:
        """The words that most lines need."""
        return {"data": kinds_of_data(data), "who": self.play.names(receiver), "when": in_words(record.at)}


def violations(play: Play, assessment: Assessment) -> list[Violation]:
    """Everything that goes against a general rule, in the order in which it happened."""
    scene = Scene(play, assessment)
    found = [one for rule in RULES for one in rule(scene)]
    return sorted(found, key=lambda one: (one.at, one.evidence, one.rule, one.text))


def _telling(scene: Scene) -> Iterator[tuple[Happened, str, set[Data]]]:
    """Each act of the player that told somebody outside the team something of a case: record, receiver, kinds of data."""
    for record in scene.mine:
        if record.do in _TELLING:
            receiver, data = scene.told(record)
            told = set(data) - {Data.APPOINTMENT}
            if told and not scene.is_colleague(receiver):
                yield record, receiver, told


def without_consent(scene: Scene) -> Iterator[Violation]:
    """Told somebody outside the case file without a consent in force, or whom the plan keeps out; nor was it overridden."""
    for record, receiver, told in _telling(scene):
        file = scene.file(record)
        if file is None or record.args.get("override"):
            continue
        words = scene.told_line(record, receiver, told)
        names = _names_of(scene, receiver)
        if kept_out(file, receiver, record.args.get("channel")):
            text = _("Contó ({data}) a {who}, a quien el plan mantiene fuera ({when}).").format(**words)
        elif not needs_no_consent(file, receiver, told) and not any(
            sharing_consent(file, id, tuple(told)) for id in names
        ):
            text = _("Contó ({data}) a {who} sin consentimiento vigente ni motivo registrado ({when}).").format(**words)
        else:
            continue
        yield Violation("without-consent", Criterion.CONSENT, text, record.at, (record.n,))


def beyond_need(scene: Scene) -> Iterator[Violation]:
    """Told a receiver more than the assessment says that it needs."""
    for record, receiver, told in _telling(scene):
        needs = _needs(scene, receiver)
        if needs is None or not (extra := told - needs):
            continue
        text = _("A {who} le llegó más de lo que necesita: {data} ({when}).")
        words = scene.told_line(record, receiver, extra)
        yield Violation("beyond-need", Criterion.NEED_TO_KNOW, text.format(**words), record.at, (record.n,))


def _needs(scene: Scene, receiver: str) -> set[Data] | None:
    """What ``receiver`` needs to know; ``None`` where nothing is said of it."""
    needs: Mapping[str, tuple[Data, ...]] = scene.assessment.needs
    return next((set(needs[id]) for id in _names_of(scene, receiver) if id in needs), None)


def _names_of(scene: Scene, receiver: str) -> list[str]:
    """``receiver`` and what stands for the same: the organisation where that user answers, or the user who answers there."""
    organisations = scene.play.story.organisations.items()
    behind = [id for id, one in organisations if one.user == receiver]
    answering = [one.user for id, one in organisations if id == receiver and one.user]
    return [receiver, *behind, *answering]


def not_ones_work(scene: Scene) -> Iterator[Violation]:
    """Looked at a case that is neither of the story nor the player's."""
    seen: set[str] = set()
    looked = [
        (record, str(case))
        for record in scene.mine
        if record.do in ("look", "break_glass", "go_offline")
        for case in record.args.get("cases") or [record.args.get("case", "")]
    ]
    for record, case in looked:
        if case in scene.cases or case in seen:
            continue
        seen.add(case)
        with scene.play.store.begin() as unit:
            file = unit.case_file(case)
        if file is not None and file.case.owner != scene.play.actor.id:
            text = _("Abrió el caso {code}, que no es parte de su trabajo ({when}).").format(
                code=file.case.code, when=in_words(record.at)
            )
            yield Violation("not-ones-work", Criterion.NEED_TO_KNOW, text, record.at, (record.n,))


def wrong_channel(scene: Scene) -> Iterator[Violation]:
    """Got in touch outside the desk through an account, or by a channel, that was not fit for it."""
    for record in scene.mine:
        if record.do != "outside_contact":
            continue
        account, channel = Account(record.args["account"]), Channel(record.args["channel"])
        data = {Data(one) for one in record.args.get("data") or ()}
        beyond = data - CARRIES[channel]
        words = {
            "account": label(account).lower(),
            "channel": label(channel).lower(),
            "data": kinds_of_data(beyond),
            "when": in_words(record.at),
        }
        if account in (Account.PERSONAL, Account.BORROWED):
            text = _("Usó un medio fuera de la institución: {channel}, {account} ({when}).")
        elif beyond:
            text = _("El canal ({channel}) no es apto para lo que dijo: {data} ({when}).")
        else:
            continue
        yield Violation("wrong-channel", Criterion.CHANNEL, text.format(**words), record.at, (record.n,))


def overdue(scene: Scene) -> Iterator[Violation]:
    """Assessment, plan, follow-up or incident of the player's cases done after it was due, or never."""
    for case_id in scene.history.cases:
        late: dict[tuple[TaskKind, str, datetime], workflow.Task] = {}
        for at in scene.history.changes(case_id):
            for task in _overdue_at(scene, case_id, at):
                # What was late before the story began is not the player's doing, unless it stays so to the end.
                if task.due > scene.play.story.start:
                    late.setdefault((task.kind, task.about, task.due), task)
        left = {(task.kind, task.about, task.due): task for task in _overdue_at(scene, case_id, scene.play.now, True)}
        for key, task in {**late, **left}.items():
            text = (
                _("{task} Vencía el {due} y no se hizo.") if key in left else _("{task} Vencía el {due}: llegó tarde.")
            )
            words = {"task": task.text, "due": in_words(task.due)}
            yield Violation("overdue", Criterion.TIMELINESS, text.format(**words), task.due)


def _overdue_at(scene: Scene, case_id: str, at: datetime, inclusive: bool = False) -> Iterator[workflow.Task]:
    """What was overdue at ``at``, just before what was done then."""
    file = scene.history.at(case_id, at, inclusive=inclusive)
    if file is None or file.case.owner != scene.play.actor.id or at < scene.play.story.start:
        return
    yield from (task for task in workflow.tasks(file, at) if task.overdue and task.kind in _TIMED)


def without_note(scene: Scene) -> Iterator[Violation]:
    """A contact with no note of the same case within a day of it."""
    noted = [(record.args.get("case"), record.at) for record in scene.mine if record.do == "write_note"]
    for record in scene.mine:
        if record.do not in _CONTACTS or record.args.get("case") not in scene.cases:
            continue
        who = str(record.args.get("who"))
        by = record.at + NOTE_WITHIN
        # Where the story ended within the day, there was still time for the note.
        if by > scene.play.now or scene.is_colleague(who):
            continue
        if not any(case == record.args["case"] and record.at <= at <= by for case, at in noted):
            text = _("La comunicación con {who} ({when}) quedó sin nota en las 24 horas siguientes.").format(
                who=scene.play.names(who), when=in_words(record.at)
            )
            yield Violation("without-note", Criterion.DOCUMENTATION, text, record.at, (record.n,))


def poor_note(scene: Scene) -> Iterator[Violation]:
    """A note or risk assessment with labels or opinion among its facts, or a note without its three parts.

    What an option writes is in the story's words, not in the player's.
    """
    for record in scene.mine:
        if record.do not in ("write_note", "assess") or record.via:
            continue
        faults = notes.faults(record.args, parts=record.do == "write_note")
        if faults:
            what = _("La nota") if record.do == "write_note" else _("La evaluación")
            text = _("{what} ({when}): {faults}.").format(what=what, when=in_words(record.at), faults="; ".join(faults))
            yield Violation("poor-note", Criterion.DOCUMENTATION, text, record.at, (record.n,))


RULES: tuple[Callable[[Scene], Iterator[Violation]], ...] = (
    without_consent,
    beyond_need,
    not_ones_work,
    wrong_channel,
    overdue,
    without_note,
    poor_note,
)
