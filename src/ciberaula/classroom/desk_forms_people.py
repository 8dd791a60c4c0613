"""Forms of the case desk about people and what they agree to."""

from ciberaula.casework.entities import CaseFile, Household, Person
from ciberaula.casework.legal import parameter
from ciberaula.casework.vocabulary import Channel, Data, GivenBy, Purpose
from ciberaula.casework.words import AREAS, CONNECTIONS, DEVICES, LANGUAGES, TIES
from ciberaula.classroom import desk_choices as choices
from ciberaula.classroom.desk_choices import every, is_open, kept
from ciberaula.classroom.desk_inputs import Form, Input, Values
from ciberaula.classroom.desk_session import Session
from ciberaula.i18n import _


def _asked(session: Session, file: CaseFile) -> bool:
    return session.answers_consent and is_open(session, file)


def _written_down(session: Session, file: CaseFile) -> bool:
    return not session.answers_consent and is_open(session, file)


_SHARING, _CHANNELS = ("purpose", (Purpose.SHARING.value,)), ("purpose", (Purpose.CHANNEL.value,))
_PURPOSE = Input("purpose", _("Para qué"), "choice", every(Purpose), required=True)
_TO = Input("to", _("Con quién se compartiría"), "several", choices.told_to, required=True, when=_SHARING)
_DATA = Input("data", _("Qué datos"), "several", every(Data), when=_SHARING)
_CHANNELS_ASKED = Input(
    "channels",
    _("Qué canales"),
    "several",
    every(Channel, without=[Channel.IN_PERSON, Channel.PLATFORM]),
    required=True,
    when=_CHANNELS,
)
_GIVEN_BY = Input(
    "given_by",
    _("Quién responde"),
    "choice",
    every(GivenBy),
    help=_("Sin elegir: la propia persona. Por una niña o un niño responde quien le representa."),
)
_ASSENT = Input(
    "assent",
    _("La niña, el niño o adolescente está de acuerdo"),
    "flag",
    when=("given_by", (GivenBy.CAREGIVER.value, GivenBy.OTHER.value)),
)

_WHO = Input("person", _("Persona"), "choice", choices.people, required=True)


def _whom_it_is_about(file: CaseFile) -> Values:
    """The person of the case; for one too young to answer alone, whoever represents her."""
    subject = file.get(Person, file.case.subject)
    young = subject is not None and subject.age is not None and subject.age < parameter("ec.minor.consent-age").amount
    return {"person": file.case.subject, **({"given_by": GivenBy.CAREGIVER.value} if young else {})}


def _household(file: CaseFile) -> Values:
    last = file.last(Household)
    if last is None:
        return {}
    return {
        "canton": last.canton,
        "area": last.area,
        "device": last.device,
        "connection": last.connection,
        **({"members": list(last.members)} if last.members else {}),
    }


PEOPLE = (
    Form(
        "add_person",
        "people",
        (
            Input("person", _("A quién corrige"), "choice", choices.people, help=_("Sin elegir: una persona nueva.")),
            Input("name", _("Nombre"), required=True),
            Input("relation", _("Qué relación tiene con la persona titular"), required=True),
            Input("age", _("Edad en años"), "number", least=0, most=120),
            Input("language", _("Idioma"), "choice", kept(LANGUAGES)),
            Input("access_needs", _("Cómo comunicarse con ella"), "words"),
            Input("phone_note", _("Cómo y cuándo ubicarla sin riesgo"), "words", help=_("Sin números reales.")),
        ),
        offered=is_open,
        pack=lambda values, file: {"person": f"{file.case.id}.persona-{len(file.of(Person)) + 1}", **values},
    ),
    Form(
        "relate",
        "people",
        (
            Input("one", _("Quién"), "choice", choices.people, required=True),
            Input("kind", _("Vínculo"), "choice", kept(TIES), required=True),
            Input("other", _("Con quién"), "choice", choices.tied, required=True),
        ),
        offered=is_open,
    ),
    Form(
        "set_household",
        "people",
        (
            Input("canton", _("Cantón"), required=True),
            Input("area", _("Zona"), "choice", kept(AREAS), required=True),
            Input("device", _("Teléfono o computadora"), "choice", kept(DEVICES), required=True),
            Input("connection", _("Conexión"), "choice", kept(CONNECTIONS), required=True),
            Input("members", _("Quiénes viven ahí"), "several", choices.people),
        ),
        offered=is_open,
        values=lambda _session, file: _household(file),
    ),
    Form(
        "search_online",
        "people",
        (
            Input("about", _("A quién busca"), "choice", choices.people, required=True),
            Input("where", _("Dónde"), required=True),
            Input("purpose", _("Para qué"), "words", required=True),
            Input("authorised_by", _("Quién lo autorizó"), "choice", choices.users),
        ),
        intro=_("Buscar a alguien en internet también es entrar en su vida. Queda registrado para qué se hizo."),
        offered=is_open,
        submit=_("Buscar y registrar"),
    ),
)

CONSENT = (
    Form(
        "ask_consent",
        "consent",
        (
            _WHO,
            _PURPOSE,
            _TO,
            _CHANNELS_ASKED,
            _DATA,
            Input(
                "through", _("Cómo se lo pregunta"), "choice", every(Channel, without=[Channel.PLATFORM]), required=True
            ),
            _GIVEN_BY,
            _ASSENT,
            Input("explained", _("Le explico qué, para qué y que puede decir que no"), "flag"),
        ),
        offered=_asked,
        values=lambda _session, file: _whom_it_is_about(file),
        submit=_("Preguntar"),
    ),
    Form(
        "record_consent",
        "consent",
        (
            _WHO,
            _PURPOSE,
            _TO,
            _CHANNELS_ASKED,
            _DATA,
            Input(
                "granted", _("Qué respondió"), "choice", kept({"si": _("Aceptó"), "no": _("No aceptó")}), required=True
            ),
            _GIVEN_BY,
            _ASSENT,
            Input("how", _("Cómo se dio"), "words", help=_("Por ejemplo: de palabra, en kichwa, con su tía.")),
        ),
        offered=_written_down,
        values=lambda _session, file: _whom_it_is_about(file),
        pack=lambda values, _file: {**values, "granted": values["granted"] == "si"},
    ),
    Form(
        "withdraw_consent",
        "consent",
        (Input("consent", _("Consentimiento que se retira"), "choice", choices.consents, required=True),),
    ),
)
