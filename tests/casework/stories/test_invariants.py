"""What holds whatever a random player does, step by step."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ciberaula.casework import workflow
from ciberaula.casework.entities import Document, EmergencyAccess
from ciberaula.casework.policy import LEAST_REASON
from ciberaula.casework.requirements import sharing_consent
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.player_actions import WITHOUT_CASE
from ciberaula.casework.vocabulary import Data, Step
from ciberaula.errors import UserError
from tests.casework.stories.conftest import SAMPLE
from tests.casework.stories.random_actions import ACTIONS, audited

STORY = load_story(SAMPLE).model_copy(update={"background": 12})
DISCLOSES = ("refer", "transfer", "share_document")


class Player(RuleBasedStateMachine):
    """A player of the sample story who tries anything."""

    @initialize(seed=st.integers(0, 5))
    def start(self, seed):
        self.play = Play(STORY, trainee="colibri-12", seed=seed)
        self.started = len(self.play.store.chain)

    @rule(action=ACTIONS)
    def act(self, action):
        before, entries = len(self.play.happened), self._entries()
        try:
            self.play.do(action)
        except UserError:
            assert (len(self.play.happened), self._entries()) == (before, entries)
            return
        # What anybody did or was refused meanwhile left one entry each, and nothing else did.
        new = [one for one in self.play.happened[before:] if one.do not in WITHOUT_CASE]
        assert len(self._entries()) - len(entries) == len(new)
        for record in new:
            if record.outcome == "done" and record.by == STORY.player:
                self._within_the_rules(record)

    def _entries(self):
        return {one.action_id for one in audited(self.play)}

    def _within_the_rules(self, record):
        file = self.play.file(record.args["case"])
        assert file is not None
        entry = next(
            one for one in self.play.desk.audit() if one.at == record.at and one.action == self._audited(record)
        )
        if record.do in DISCLOSES and not record.args["override"]:
            assert sharing_consent(file, record.args["to"], self._told(record, file)) is not None
        elif record.do in DISCLOSES:
            assert len(entry.reason) >= LEAST_REASON
        if file.case.owner != STORY.player and record.do not in ("break_glass", "transfer", "request_transfer"):
            assert [one for one in file.of(EmergencyAccess) if one.user == STORY.player and one.until > record.at]

    @staticmethod
    def _audited(record):
        return "record_consent" if record.do == "ask_consent" else record.do

    @staticmethod
    def _told(record, file):
        if record.do == "share_document":
            return file.get(Document, record.args["document"]).data
        return tuple(Data(one) for one in record.args["data"])

    @invariant()
    def chain_holds(self):
        chain = self.play.store.chain
        assert self.play.desk.verify().ok
        assert len({(one.action_id, one.kind) for one in chain}) == len(chain)

    @invariant()
    def workflow_is_computed(self):
        for file in self.play.store.files.values():
            assert workflow.step(file) in Step
            workflow.tasks(file, self.play.now)

    def teardown(self):
        if hasattr(self, "play"):
            again = Play.replay(STORY, self.play.answer())
            assert again.store.files == self.play.store.files
            assert again.store.chain == self.play.store.chain
            assert again.timeline == self.play.timeline


TestPlayer = Player.TestCase
TestPlayer.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
