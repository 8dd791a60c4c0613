"""Names of organisations that do not exist: a kind, what for, and a coined word, in the language of the place.

Coined words are put together from two common words, so that a likeness to an organisation is chance. The names of diaspora
organisations stand in their own script, with the transliteration that their web address uses.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

from ciberaula.casework.assessment.notes import plain

COINED: dict[str, tuple[str, ...]] = {}
# Language -> verb-like beginnings, nouns, and what stands between two nouns.
_WORDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "es": (
        "Teje Abre Cuida Hila Salta Mira Toca Siembra Canta Ronda Eco Voz Nube",
        "Puente Nido Lazo Orilla Ventana Camino Abrigo Patio Manta Vereda Rama Farol Cauce Semilla Umbral Fuego Brote Canasta "
        "Cobijo Alero Huella Tinta Balsa Junco Jarra Lumbre",
        (" y ", " de ", "-"),
    ),
    "pt": (
        "Tece Abre Cuida Fia Salta Canta Planta Roda",
        "Ponte Ninho Laço Beira Janela Caminho Abrigo Pátio Manta Ramo Lume Semente Mão Broto Cesta Tinta "
        "Folha Farol Barco Rio Pão Vela",
        (" e ", " de "),
    ),
    "en": (
        "Lantern Bridge River Hearth Thread Cloud Harbor Willow Copper Pebble",
        "Brook Nest Well Path Kin Loom Porch Voice Field Gate Fold Ridge",
        (" & ", " and "),
    ),
    "fr": ("Passe Tisse Veille Porte Brume Chante", "Rêve Pont Lien Abri Sentier Toit Matin Soir Grain Refuge", (" et ",)),
}  # fmt: skip


def _coined(verbs: str, nouns: str, between: tuple[str, ...]) -> tuple[str, ...]:
    """One word of a verb and a noun, where no vowel is doubled; two different nouns with something between."""
    joined = [f"{verb}{noun.lower()}" for verb, noun in product(verbs.split(), nouns.split())]
    pairs = [
        f"{one}{mark}{other}"
        for number, (one, other) in enumerate(product(nouns.split(), repeat=2))
        if one < other
        for mark in between[number % len(between) :][:1]
    ]
    return tuple(word for word in (*joined, *pairs) if not re.search(r"([aeiou])\1", word))


for _language, _parts in _WORDS.items():
    COINED[_language] = _coined(*_parts)

# Native and diaspora names: (first, second[, third]) parts; a part is the word, or word/transliteration.
_PARTS: dict[str, tuple[str, ...]] = {
    "kichwa": ("Mushuk Alli Hatun Kuyay Yuyay Sinchi", "Rimay Willay Yanapay Kawsay Tantanakuy Llika", "Wasi Ñan Ayllu Muyuy"),
    "quechua": ("Musuq Allin Hatun Kusi Chiqan Qori", "Rimay Willakuy Yanapay Kawsay Tinkuy Llika", "Wasi Ñan Ayllu Muyuy"),
    "guaraní": ("Aty Tape Ñe’ẽ Tekoha Yvytu", "Pyahu Porã Oñondive Mbarete Vy’a", "Pytyvõ Rekove Kuñanguéra Mitãnguéra"),
    "ru": (
        "Дом/Dom Круг/Krug Сеть/Set Центр/Tsentr Мост/Most",
        "голоса/golosa окна/okna встречи/vstrechi света/sveta берега/berega",
    ),
    "el": ("Σπίτι/Spiti Δίκτυο/Diktyo Κύκλος/Kyklos", "Γέφυρας/Gefyras Φωνής/Fonis Γειτονιάς/Geitonias Αυγής/Avgis"),
    "ko": (
        "이웃의/Iutui 목소리의/Moksoriui 바다의/Badaui 별빛의/Byeolbichui",
        "다리/Dari 집/Jip 창문/Changmun 모임/Moim 노래/Norae",
    ),
    "hi": (
        "सेतु/Setu स्वर/Svar दीप/Deep आशा/Asha संवाद/Samvad",
        "केंद्र/Kendra समूह/Samuh मंडल/Mandal घर/Ghar आँगन/Aangan",
    ),
    "ar": (
        "بيت/Bayt دار/Dar شبكة/Shabakat جسر/Jisr",
        "الجيران/al-Jiran الصوت/al-Sawt الأمل/al-Amal اللقاء/al-Liqa النافذة/al-Nafidha",
    ),
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
        "Fondo Solidario|Fundo Solidário|Solidarity Fund|Fonds Solidaire",
        "Misión Social|Missão Social|Social Mission|Mission Sociale",
    ),
    "otra": (
        "Cooperativa|Cooperativa|Cooperative|Coopérative", "Empresa Social|Empresa Social|Social Enterprise|Entreprise Sociale",
        "Laboratorio Ciudadano|Laboratório Cidadão|Citizen Lab|Laboratoire Citoyen",
    ),
}  # fmt: skip
_ENDS: tuple[str, ...] = (
    "|||",
    "para la Escucha Digital|para a Escuta Digital|for Digital Listening|pour l’Écoute Numérique",
    "de Acompañamiento en Línea|de Acompanhamento em Linha|for Online Support|d’Accompagnement en Ligne",
    "por el Cuidado Conectado|pelo Cuidado Conectado|for Connected Care|pour le Soin Connecté",
    "de Tecnología y Barrio|de Tecnologia e Bairro|for Technology and Neighbourhood|de Technologie et Quartier",
    "de Orientación a Distancia|de Orientação a Distância|for Remote Guidance|d’Orientation à Distance",
    "para la Práctica Digital|para a Prática Digital|for Digital Practice|pour la Pratique Numérique",
    "de Familias y Pantallas|de Famílias e Telas|of Families and Screens|de Familles et Écrans",
    "por los Derechos en Internet|pelos Direitos na Internet|for Rights on the Internet|pour les Droits sur Internet",
    "de Apoyo Mutuo Virtual|de Apoio Mútuo Virtual|for Virtual Mutual Aid|d’Entraide Virtuelle",
    "de Memoria y Práctica Social|de Memória e Prática Social|for Memory and Social Practice|de Mémoire et Pratique Sociale",
    "para una Vejez Conectada|para uma Velhice Conectada|for Connected Ageing|pour une Vieillesse Connectée",
    "de Inclusión Tecnológica Rural|de Inclusão Tecnológica Rural|for Rural Digital Inclusion|d’Inclusion Technologique Rurale",
    "de Promotoras Digitales|de Promotoras Digitais|of Digital Promoters|de Promotrices Numériques",
    "contra el Acoso en Redes|contra o Assédio nas Redes|against Online Harassment|contre le Harcèlement en Ligne",
    "de Casos y Cuidados|de Casos e Cuidados|for Cases and Care|de Cas et Soins",
    "de la Frontera Conectada|da Fronteira Conectada|of the Connected Border|de la Frontière Connectée",
    "para el Buen Trato en Línea|para o Bom Trato em Linha|for Good Treatment Online|pour la Bientraitance en Ligne",
    "de Datos y Dignidad|de Dados e Dignidade|for Data and Dignity|de Données et Dignité",
    "de Vecindades sin Señal|de Vizinhanças sem Sinal|of Neighbourhoods without Signal|de Voisinages sans Signal",
    "de Teleorientación Familiar|de Teleorientação Familiar|for Family Teleguidance|de Téléorientation Familiale",
    "de Accesibilidad y Autonomía|de Acessibilidade e Autonomia|for Accessibility and Autonomy|d’Accessibilité et Autonomie",
    "de Aprendizajes Compartidos|de Aprendizagens Compartilhadas|of Shared Learning|d’Apprentissages Partagés",
    "para la Emergencia Social|para a Emergência Social|for Social Emergencies|pour l’Urgence Sociale",
    "de Jóvenes y Redes|de Jovens e Redes|of Youth and Networks|de Jeunes et Réseaux",
)  # fmt: skip
KINDS: tuple[str, ...] = tuple(_HEADS)
# Words that an acronym leaves out.
_SMALL_WORDS = (
    "de|del|la|las|el|los|para|por|una|y|en|a|e|da|do|dos|das|na|nas|pelo|pelos|uma|for|of|and|the|on|against|contra|contre|"
    "con|sin|sem|without|sans|pour|le|les|sur|dans|d|l|à|et|une|&"
)
_SMALL = frozenset(_SMALL_WORDS.split("|"))


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
        if self.language not in LATIN:
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
    return texts.split("|")[_TONGUES.index(language)]
