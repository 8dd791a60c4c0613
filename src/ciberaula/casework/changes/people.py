"""The case, its people, what they agreed to."""

from ciberaula.casework.changes.making import Making, change
from ciberaula.casework.changes.reliance import no_longer_covered
from ciberaula.casework.entities import Case, Concern, Consent, Entity, Household, Person, Relation
from ciberaula.errors import UserError
from ciberaula.i18n import _

SUBJECT = "titular"
_COUPLES = frozenset({"partner", "former_partner"})
_MUTUAL = _COUPLES | {"sibling"}


@change("register")
def _register(m: Making) -> list[Entity]:
    action = m.action
    if m.known is not None or action.person == action.case:
        raise UserError(_("El identificador «{id}» ya se usa: elija otro para el caso.").format(id=action.case))
    case = m.named(
        Case,
        action.case,
        code=action.code,
        subject=action.person,
        owner=m.actor.id,
        group=m.actor.group,
        opened_at=m.now,
    )
    person = m.named(
        Person,
        action.person,
        name=action.name,
        relation=SUBJECT,
        age=action.age,
        language=action.language,
        access_needs=action.access_needs,
        phone_note=action.phone_note,
        gender=action.gender,
    )
    household = m.named(
        Household,
        f"{m.id}.1",
        canton=action.canton,
        area=action.area,
        device=action.device,
        connection=action.connection,
        members=(action.person,),
    )
    return [case, person, household]


@change("add_person")
def _add_person(m: Making) -> list[Entity]:
    action = m.action
    fields = {
        "name": action.name,
        "relation": action.relation,
        "age": action.age,
        "language": action.language,
        "access_needs": action.access_needs,
        "phone_note": action.phone_note,
        "gender": action.gender,
    }
    known = m.file.get(Person, action.person)
    return [m.newer(known, **fields) if known is not None else m.named(Person, action.person, **fields)]


@change("relate")
def _relate(m: Making) -> list[Entity]:
    action = m.action
    # Said again it is the same tie, and partners who part are one tie that changed: both keep their place in the drawing.
    for known in m.file.of(Relation):
        same_kind = known.kind == action.kind or {known.kind, action.kind} == _COUPLES
        turned = (known.one, known.other) == (action.other, action.one)
        if turned and known.kind == action.kind == "parent":
            raise UserError(
                _("El vínculo ya está al revés: nadie es madre o padre de su madre o padre. Revise quién es quién.")
            )
        same_people = (known.one, known.other) == (action.one, action.other) or (turned and known.kind in _MUTUAL)
        if same_people and same_kind:
            return [m.newer(known, kind=action.kind)]
    return [m.new(Relation, one=action.one, other=action.other, kind=action.kind)]


@change("set_household")
def _set_household(m: Making) -> list[Entity]:
    action = m.action
    fields = {
        "canton": action.canton,
        "area": action.area,
        "device": action.device,
        "connection": action.connection,
        "members": action.members,
    }
    known = m.file.last(Household)
    return [m.newer(known, **fields) if known is not None else m.new(Household, **fields)]


@change("raise_concern")
def _raise_concern(m: Making) -> list[Entity]:
    return [m.new(Concern, kind=m.action.kind, detail=m.action.detail, urgent=m.action.urgent)]


@change("record_consent")
def _record_consent(m: Making) -> list[Entity]:
    action = m.action
    consent = m.new(
        Consent,
        person=action.person,
        purpose=action.purpose,
        granted=action.granted,
        given_by=action.given_by,
        to=action.to,
        channels=action.channels,
        data=action.data,
        how=action.how,
        assent=action.assent,
    )
    return [consent, *no_longer_covered(m, consent)]


@change("withdraw_consent")
def _withdraw_consent(m: Making) -> list[Entity]:
    known = m.found(Consent, m.action.consent)
    if known.withdrawn_at is not None:
        raise UserError(_("Ese consentimiento ya se retiró: no hace falta retirarlo otra vez."))
    consent = m.newer(known, withdrawn_at=m.now)
    return [consent, *no_longer_covered(m, consent)]
