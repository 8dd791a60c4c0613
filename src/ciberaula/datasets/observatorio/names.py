"""Names of organisations that do not exist: a kind, what for, and a coined word, in the language of the place.

Coined words are put together from two common words, so that a likeness to an organisation is chance. The names of diaspora
organisations stand in their own script, with the transliteration that their web address uses.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

from ciberaula.datasets.people import plain

COINED: dict[str, tuple[str, ...]] = {}
_WORDS = {
    "es": (
        "Teje Abre Nube Cuida Voz Hila Faro Rumbo Minga Eco Trama Lumbre Ronda Canto Siembra Marea Vela Barro Cielo Fogón Puerta "
        "Salta Mira Nido Luna Río Monte Brisa Toca Arena Jarra Balsa Junco Tierra Sombra Alba",
        "puente nido lazo orilla voces ventana camino abrigo patio manta vereda rama farol cauce semilla umbral fuego barrio mano "
        "brote canasta cobijo alero abrazo huella tinta",
    ),
    "pt": (
        "Tece Abre Nuvem Cuida Voz Fia Farol Rumo Roda Canto Planta Maré Vela Barro Céu Porta Salto Olho Ninho Lua Rio Monte Brisa Areia",
        "ponte ninho laço beira vozes janela caminho abrigo pátio manta ramo lume semente bairro mão broto cesta abraço tinta folha",
    ),
    "en": (
        "Lantern Bridge River Hearth Window Thread Cloud Harbor Meadow Signal Morning Willow Copper Pebble Orchard Kettle",
        "brook nest well path kin loom porch voice field gate fold ridge light mend weave song",
    ),
    "fr": (
        "Passe Tisse Nuage Veille Phare Rive Sève Ronde Lueur Porte Brume Chante",
        "rêve pont lien voix abri sentier toit main soir graine île refuge",
    ),
}  # fmt: skip
for _language, (_first, _second) in _WORDS.items():
    COINED[_language] = tuple(f"{one}{other}" for one, other in product(_first.split(), _second.split()))

# Native and diaspora names: (first, second[, third]) parts; a part is the word, or word/transliteration.
_PARTS: dict[str, tuple[str, ...]] = {
    "kichwa": ("Mushuk Alli Hatun Kuyay Yuyay Sinchi", "Rimay Willay Yanapay Kawsay Tantanakuy Llika", "Wasi Ñan Ayllu Muyuy"),
    "quechua": ("Musuq Allin Hatun Kusi Chiqan Qori", "Rimay Willakuy Yanapay Kawsay Tinkuy Llika", "Wasi Ñan Ayllu Muyuy"),
    "guaraní": ("Aty Tape Ñe’ẽ Tekoha Yvytu", "Pyahu Porã Oñondive Mbarete Vy’a", "Pytyvõ Rekove Kuñanguéra Mitãnguéra Ñangareko"),
    "ru": ("Дом/Dom Круг/Krug Сеть/Set Центр/Tsentr Мост/Most", "голоса/golosa окна/okna встречи/vstrechi света/sveta берега/berega"),
    "el": ("Σπίτι/Spiti Δίκτυο/Diktyo Κύκλος/Kyklos", "Γέφυρας/Gefyras Φωνής/Fonis Γειτονιάς/Geitonias Αυγής/Avgis"),
    "ko": ("이웃의/Iutui 목소리의/Moksoriui 바다의/Badaui 별빛의/Byeolbichui", "다리/Dari 집/Jip 창문/Changmun 모임/Moim 노래/Norae"),
    "hi": ("सेतु/Setu स्वर/Svar दीप/Deep आशा/Asha संवाद/Samvad", "केंद्र/Kendra समूह/Samuh मंडल/Mandal घर/Ghar आँगन/Aangan"),
    "ar": ("بيت/Bayt دار/Dar شبكة/Shabakat جسر/Jisr", "الجيران/al-Jiran الصوت/al-Sawt الأمل/al-Amal اللقاء/al-Liqa النافذة/al-Nafidha"),
}  # fmt: skip
NATIVE: dict[str, tuple[tuple[str, str], ...]] = {}
for _language, _columns in _PARTS.items():
    NATIVE[_language] = tuple(
        (" ".join(part.partition("/")[0] for part in parts), " ".join(part.rpartition("/")[2] for part in parts))
        for parts in product(*(column.split() for column in _columns))
    )
LATIN = frozenset({"es", "pt", "en", "fr", "kichwa", "quechua", "guaraní"})

_TONGUES = ("es", "pt", "en", "fr")
# What an organisation is called by its kind, and what for: in es | pt | en | fr.
_HEADS: dict[str, tuple[str, ...]] = {
    "ong": (
        "Fundación|Fundação|Foundation|Fondation", "Asociación Civil|Associação Civil|Civil Association|Association Civile",
        "Corporación Social|Corporação Social|Social Corporation|Corporation Sociale",
        "Centro de Apoyo|Centro de Apoio|Support Centre|Centre de Soutien",
    ),
    "institución pública": (
        "Dirección Municipal|Direção Municipal|Municipal Office|Direction Municipale",
        "Unidad Pública|Unidade Pública|Public Unit|Unité Publique",
        "Programa Provincial|Programa Estadual|Provincial Programme|Programme Provincial",
        "Servicio Social Público|Serviço Social Público|Public Social Service|Service Social Public",
    ),
    "universidad": (
        "Laboratorio Universitario|Laboratório Universitário|University Lab|Laboratoire Universitaire",
        "Escuela de Trabajo Social|Escola de Serviço Social|School of Social Work|École de Travail Social",
        "Cátedra Abierta|Cátedra Aberta|Open Chair|Chaire Ouverte",
    ),
    "red": (
        "Red|Rede|Network|Réseau", "Alianza|Aliança|Alliance|Alliance", "Plataforma|Plataforma|Platform|Plateforme",
        "Mesa Técnica|Mesa Técnica|Round Table|Table Technique",
    ),
    "gremio": (
        "Colegio Profesional|Conselho Profissional|Professional College|Ordre Professionnel",
        "Federación de Trabajo Social|Federação de Serviço Social|Social Work Federation|Fédération de Travail Social",
        "Sindicato Social|Sindicato Social|Social Union|Syndicat Social",
    ),
    "iniciativa comunitaria": (
        "Colectivo|Coletivo|Collective|Collectif", "Casa Comunitaria|Casa Comunitária|Community House|Maison Communautaire",
        "Comité Barrial|Comitê de Bairro|Neighbourhood Committee|Comité de Quartier",
        "Radio Comunitaria|Rádio Comunitária|Community Radio|Radio Communautaire",
    ),
    "cooperación": (
        "Programa de Cooperación|Programa de Cooperação|Cooperation Programme|Programme de Coopération",
        "Fondo Solidario|Fundo Solidário|Solidarity Fund|Fonds Solidaire", "Misión Social|Missão Social|Social Mission|Mission Sociale",
    ),
    "otra": (
        "Cooperativa|Cooperativa|Cooperative|Coopérative", "Empresa Social|Empresa Social|Social Enterprise|Entreprise Sociale",
        "Laboratorio Ciudadano|Laboratório Cidadão|Citizen Lab|Laboratoire Citoyen",
    ),
}  # fmt: skip
_ENDS: tuple[str, ...] = (
    "",
    "para la Escucha Digital|para a Escuta Digital|for Digital Listening|pour l’Écoute Numérique",
    "de Acompañamiento en Línea|de Acompanhamento em Linha|for Online Support|d’Accompagnement en Ligne",
    "por el Cuidado Conectado|pelo Cuidado Conectado|for Connected Care|pour le Soin Connecté",
    "de Tecnología y Barrio|de Tecnologia e Bairro|for Technology and Neighbourhood|de Technologie et Quartier",
    "de Orientación a Distancia|de Orientação a Distância|for Remote Guidance|d’Orientation à Distance",
    "para la Intervención Social Digital|para a Intervenção Social Digital|for Digital Social Practice|pour l’Intervention Sociale Numérique",
    "de Familias y Pantallas|de Famílias e Telas|of Families and Screens|de Familles et Écrans",
    "por los Derechos en Internet|pelos Direitos na Internet|for Rights on the Internet|pour les Droits sur Internet",
    "de Apoyo Mutuo Virtual|de Apoio Mútuo Virtual|for Virtual Mutual Aid|d’Entraide Virtuelle",
    "de Memoria y Práctica Social|de Memória e Prática Social|for Memory and Social Practice|de Mémoire et Pratique Sociale",
    "para una Vejez Conectada|para uma Velhice Conectada|for Connected Ageing|pour une Vieillesse Connectée",
    "de Inclusión Tecnológica Rural|de Inclusão Tecnológica Rural|for Rural Digital Inclusion|d’Inclusion Technologique Rurale",
    "de Promotoras Digitales|de Promotoras Digitais|of Digital Promoters|de Promotrices Numériques",
)  # fmt: skip
KINDS: tuple[str, ...] = tuple(_HEADS)
_SMALL = frozenset("de del la las el los para por una y en a e da do dos das pelo pelos uma for of and the on pour le les sur d l à et une".split())


@dataclass(frozen=True, slots=True)
class Name:
    """A name in parts, so that it can be written in another language: indices of head and end, the coined or native word.

    ``latin`` is the word in Latin letters.
    """

    kind: str
    head: int
    end: int
    word: str
    latin: str
    language: str

    def written(self, language: str | None = None) -> str:
        """The whole name, in its own language or another of ``_TONGUES``."""
        if self.language not in _TONGUES and self.language not in LATIN:
            return self.word if language is None else f"{_in(_HEADS[self.kind][self.head], language)} {self.latin}"
        tongue = language or (self.language if self.language in _TONGUES else "es")
        head, end = _in(_HEADS[self.kind][self.head], tongue), _in(_ENDS[self.end], tongue)
        parts = (self.word, head, end) if tongue == "en" else (head, self.word, end)
        return " ".join(part for part in parts if part)

    def turned(self) -> str:
        """The same words, the coined one first."""
        return f"{self.word}, {self.written().replace(self.word, '').strip()}".replace("  ", " ")

    def acronym(self) -> str:
        """The first letters of its content words, as an organisation is called for short; empty for a short name."""
        content = [word for word in re.split(r"[ ’]", self.written()) if word.casefold() not in _SMALL]
        return "".join(plain(word)[:1] for word in content).upper() if len(content) >= 4 else ""

    @property
    def slug(self) -> str:
        """For a web address."""
        return re.sub(r"[^a-z0-9]+", "-", plain(self.latin.replace("’", ""))).strip("-")


def heads(kind: str) -> int:
    return len(_HEADS[kind])


def ends() -> int:
    return len(_ENDS)


def words(language: str) -> int:
    """How many different coined or native words there are in that language."""
    return len(COINED[language] if language in COINED else NATIVE[language])


def name(kind: str, head: int, end: int, language: str, place: int) -> Name:
    """The name with the word of that ``place``; a native name stands with a Spanish head, in another script alone."""
    if language in COINED:
        word = latin = COINED[language][place]
    else:
        word, latin = NATIVE[language][place]
    return Name(kind, head, end if language in COINED else 0, word, latin, language)


def full_width(text: str) -> str:
    """Latin letters and figures as the wide ones of East Asian keyboards."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


_TWINS = str.maketrans("aeopcxAEOPCTMKHB", "аеорсхАЕОРСТМКНВ")


def with_twins(text: str) -> str:
    """Some Latin letters as the Cyrillic ones that look the same."""
    half = len(text) // 2
    return text[:half] + text[half:].translate(_TWINS)


def without_accents(text: str) -> str:
    """Letters without their marks, ñ included, case kept."""
    marks = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in marks if not unicodedata.combining(sign)).replace("’", "'")


def _in(texts: str, language: str) -> str:
    return texts.split("|")[_TONGUES.index(language)] if texts else ""
