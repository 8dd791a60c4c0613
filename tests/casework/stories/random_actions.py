"""What a random player may try, sensible or not."""

import re

from hypothesis import strategies as st

from ciberaula.casework.vocabulary import Account, Channel, Data, Purpose, Risk

CASES = st.sampled_from(["c1", "c1", "c1", "c2", "b-0001"])
SOMEBODY = st.sampled_from(["elvia", "vecina", "centro-mujer", "casa-segura", "ruth", "lia", "nadie"])
WORDS = st.text(max_size=20)
DATA = st.lists(st.sampled_from([one.value for one in Data]), max_size=3)


def word(enum):
    return st.sampled_from([one.value for one in enum])


def action(do, **arguments):
    return st.fixed_dictionaries({"do": st.just(do), "case": CASES, **arguments})


WAITS: st.SearchStrategy[dict[str, object]] = st.sampled_from(
    [{"until": "next"}, {"until": "tomorrow"}, {"minutes": 30}, {"minutes": 700}]
)
ACTIONS = st.one_of(
    st.builds(
        lambda situation, option: {"do": "choose", "situation": situation, "option": option},
        st.sampled_from(["mensaje", "manana", "cita"]),
        st.sampled_from(["a", "b", "c", "z"]),
    ),
    WAITS.map(lambda until: {"do": "wait", **until}),
    WAITS.map(lambda until: {"do": "wait", **until}),
    st.sampled_from(["m1", "m2", "m3", "m9"]).map(lambda id: {"do": "read", "message": id}),
    st.lists(CASES, max_size=2).map(lambda cases: {"do": "go_offline", "cases": cases}),
    st.sampled_from([{}, {}, {"c1/elvia": "mine"}]).map(lambda keep: {"do": "synchronise", "keep": keep}),
    action("look", part=st.sampled_from(["file", "notes", "audit"])),
    action(
        "ask_consent",
        person=SOMEBODY,
        purpose=word(Purpose),
        to=st.lists(SOMEBODY, max_size=2),
        channels=st.lists(word(Channel), max_size=2),
        through=word(Channel),
    ),
    action("withdraw_consent", consent=st.sampled_from(["@last:ask_consent", "x-2", "x-9"])),
    action("contact", who=SOMEBODY, channel=word(Channel), account=word(Account), purpose=WORDS, data=DATA),
    action("outside_contact", who=SOMEBODY, channel=word(Channel), account=word(Account), purpose=WORDS, data=DATA),
    action("assess", risk=word(Risk), facts=WORDS),
    action(
        "make_plan",
        goals=st.just([{"need": "a", "goal": "b", "action": "c", "who": "d", "days": 5}]),
        agreed=st.booleans(),
    ),
    action("refer", to=SOMEBODY, data=DATA, reason=WORDS, override=WORDS, id=st.sampled_from([None, "ref-1"])),
    action("transfer", to=SOMEBODY, data=DATA, reason=WORDS),
    action("revoke_transition", transition=st.just("@last:refer"), reason=WORDS),
    action("request_approval", what=st.sampled_from(["closure", "case_plan"])),
    action("write_note", facts=WORDS, contact=st.sampled_from([None, "@last:contact"])),
    action("break_glass", reason=st.sampled_from(["corto", "La persona está en peligro esta noche."])),
    action(
        "record_consent",
        person=SOMEBODY,
        purpose=word(Purpose),
        granted=st.booleans(),
        to=st.lists(SOMEBODY, max_size=2),
    ),
    action("add_document", title=st.just("Informe"), kind=st.just("informe"), data=DATA),
    action("share_document", document=st.just("@last:add_document"), to=SOMEBODY),
    action("raise_concern", kind=st.just("gbv"), detail=st.just("x"), urgent=st.booleans()),
    action("close", reason=st.just("formal_closing"), summary=WORDS),
    action("detect_incident", what=WORDS, data=DATA),
    action(
        "notify_incident",
        incident=st.just("@last:detect_incident"),
        whom=st.sampled_from(["supervisor", "people"]),
        text=WORDS,
    ),
    st.dictionaries(st.sampled_from(["do", "case", "x"]), WORDS | st.none(), max_size=3),
)

_TAKEN_ALONG = re.compile(r"(o-\d+|p-\d+(-\d+)?)\.\d+")


def audited(play):
    """Entries of what was done by somebody, in the bag too until it is brought back; without looks at what was packed."""
    chain = {(one.action_id, one.kind): one for one in (*play.store.chain, *play.desk.audit())}
    return [one for one in chain.values() if not _TAKEN_ALONG.fullmatch(one.action_id)]
