"""The countries and cities of ``observatorio``: real places with approximate coordinates (general knowledge, two decimals)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A real city, about where it is (degrees)."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Country:
    """``weight``: its share of the organisations; ``spellings``: how hands write it, the first is the proper one.

    ``languages``: language -> weight, for the names of its organisations.
    """

    spellings: tuple[str, ...]
    code: str
    weight: float
    languages: dict[str, float]
    cities: tuple[City, ...]

    @property
    def name(self) -> str:
        return self.spellings[0]


_SPANISH = {"es": 1.0}
_TABLE: tuple[tuple[str, float, dict[str, float], str], ...] = (
    (
        "Ecuador|EC|ECUADOR|ecuador|ECU",
        13,
        {"es": 85, "kichwa": 15},
        "Quito -0.18 -78.47, Guayaquil -2.19 -79.89, Cuenca -2.90 -79.00, Loja -3.99 -79.20, "
        "Manta -0.95 -80.72, Riobamba -1.67 -78.65, Esmeraldas 0.96 -79.65, Tena -0.99 -77.81, "
        "Ambato -1.24 -78.63, Machala -3.26 -79.96, Ibarra 0.35 -78.12, Puyo -1.49 -78.00",
    ),
    (
        "Colombia|CO|COLOMBIA|colombia",
        9,
        _SPANISH,
        "Bogotá 4.71 -74.07, Medellín 6.24 -75.58, Cali 3.45 -76.53, Barranquilla 10.97 -74.80, "
        "Pasto 1.21 -77.28, Cúcuta 7.89 -72.50, Leticia -4.21 -69.94",
    ),
    (
        "Perú|Peru|PE|PERÚ|peru",
        8,
        {"es": 82, "quechua": 18},
        "Lima -12.05 -77.04, Arequipa -16.41 -71.54, Cusco -13.53 -71.97, Trujillo -8.11 -79.03, "
        "Iquitos -3.75 -73.25, Piura -5.19 -80.63, Ayacucho -13.16 -74.22",
    ),
    (
        "Bolivia|BO|BOLIVIA|Estado Plurinacional de Bolivia|bolivia",
        6,
        {"es": 78, "quechua": 22},
        "La Paz -16.50 -68.15, Santa Cruz de la Sierra -17.78 -63.18, Cochabamba -17.39 -66.16, "
        "Sucre -19.05 -65.26, Potosí -19.58 -65.75, Tarija -21.53 -64.73",
    ),
    (
        "Chile|CL|CHILE|chile",
        6,
        {"es": 94, "el": 4, "ar": 2},
        "Santiago -33.45 -70.67, Valparaíso -33.05 -71.61, Concepción -36.83 -73.05, Temuco -38.74 -72.59, "
        "Iquique -20.21 -70.15",
    ),
    (
        "Argentina|AR|ARGENTINA|Rep. Argentina|argentina",
        8,
        {"es": 95, "ru": 2, "ar": 1.5, "ko": 1.5},
        "Buenos Aires -34.61 -58.38, Córdoba -31.42 -64.18, Rosario -32.95 -60.66, Mendoza -32.89 -68.84, "
        "San Miguel de Tucumán -26.82 -65.22, Neuquén -38.95 -68.06, Resistencia -27.45 -58.99",
    ),
    (
        "Uruguay|UY|URUGUAY|R. O. del Uruguay",
        3,
        _SPANISH,
        "Montevideo -34.90 -56.19, Salto -31.38 -57.96, Paysandú -32.32 -58.08, Rivera -30.91 -55.55",
    ),
    (
        "Paraguay|PY|PARAGUAY|paraguay",
        4,
        {"es": 65, "guaraní": 35},
        "Asunción -25.28 -57.63, Ciudad del Este -25.51 -54.61, Encarnación -27.33 -55.87, "
        "Pilar -26.87 -58.30, Villarrica -25.75 -56.44",
    ),
    (
        "Brasil|Brazil|BR|BRASIL|brasil",
        8,
        {"pt": 95, "ko": 2, "ar": 2, "guaraní": 1},
        "São Paulo -23.55 -46.63, Rio de Janeiro -22.91 -43.17, Recife -8.05 -34.88, Manaus -3.12 -60.02, "
        "Porto Alegre -30.03 -51.23, Belo Horizonte -19.92 -43.94, Belém -1.46 -48.49",
    ),
    (
        "Venezuela|VE|VENEZUELA|Rep. Bolivariana de Venezuela",
        3,
        _SPANISH,
        "Caracas 10.49 -66.88, Maracaibo 10.65 -71.64, Mérida 8.59 -71.14, Puerto La Cruz 10.21 -64.63",
    ),
    (
        "Panamá|Panama|PA|PANAMÁ",
        2.5,
        _SPANISH,
        "Ciudad de Panamá 8.98 -79.52, David 8.43 -82.43, Colón 9.36 -79.90",
    ),
    (
        "Costa Rica|CR|COSTA RICA|costa rica",
        3,
        _SPANISH,
        "San José 9.93 -84.08, Limón 9.99 -83.04, Liberia 10.63 -85.44",
    ),
    (
        "Nicaragua|NI|NICARAGUA",
        2,
        _SPANISH,
        "Managua 12.11 -86.24, Estelí 13.09 -86.35, Bluefields 12.01 -83.76",
    ),
    (
        "Honduras|HN|HONDURAS",
        2,
        _SPANISH,
        "Tegucigalpa 14.07 -87.19, San Pedro Sula 15.50 -88.03, La Ceiba 15.78 -86.79",
    ),
    (
        "El Salvador|SV|EL SALVADOR|Salvador",
        2,
        _SPANISH,
        "San Salvador 13.69 -89.22, Santa Ana 13.98 -89.56, San Miguel 13.48 -88.18",
    ),
    (
        "Guatemala|GT|GUATEMALA|guatemala",
        3,
        _SPANISH,
        "Ciudad de Guatemala 14.63 -90.51, Quetzaltenango 14.84 -91.52, Cobán 15.47 -90.37",
    ),
    (
        "México|Mexico|MX|MÉXICO|Méjico|mexico",
        9,
        _SPANISH,
        "Ciudad de México 19.43 -99.13, Guadalajara 20.67 -103.35, Monterrey 25.69 -100.32, "
        "Oaxaca 17.07 -96.72, Puebla 19.04 -98.21, Tijuana 32.51 -117.04, "
        "San Cristóbal de las Casas 16.74 -92.64",
    ),
    (
        "República Dominicana|Rep. Dominicana|DO|REPÚBLICA DOMINICANA|Dominicana",
        2.5,
        _SPANISH,
        "Santo Domingo 18.49 -69.93, Santiago de los Caballeros 19.45 -70.70, La Romana 18.43 -68.97",
    ),
    (
        "Cuba|CU|CUBA",
        1.5,
        _SPANISH,
        "La Habana 23.11 -82.37, Santiago de Cuba 20.02 -75.82",
    ),
    (
        "Haití|Haiti|HT|HAITÍ|Ayiti",
        1.5,
        {"fr": 1.0},
        "Puerto Príncipe 18.54 -72.34, Cabo Haitiano 19.76 -72.20",
    ),
    (
        "Canadá|Canada|CA|CANADÁ",
        2.5,
        {"en": 60, "fr": 28, "hi": 6, "ru": 6},
        "Toronto 43.65 -79.38, Montreal 45.50 -73.57, Vancouver 49.28 -123.12",
    ),
    (
        "Estados Unidos|EE. UU.|EEUU|USA|US|United States",
        4,
        {"es": 45, "en": 45, "ko": 4, "hi": 3, "ru": 3},
        "Los Ángeles 34.05 -118.24, Nueva York 40.71 -74.01, Miami 25.76 -80.19, Chicago 41.88 -87.63, "
        "San Antonio 29.42 -98.49",
    ),
    (
        "España|Espana|ES|ESPAÑA|Estado español",
        5,
        {"es": 93, "ar": 4, "ru": 3},
        "Madrid 40.42 -3.70, Barcelona 41.39 2.17, Sevilla 37.39 -5.98, Valencia 39.47 -0.38, "
        "Bilbao 43.26 -2.93, Santiago de Compostela 42.88 -8.54",
    ),
    (
        "Portugal|PT|PORTUGAL|portugal",
        2,
        {"pt": 1.0},
        "Lisboa 38.72 -9.14, Oporto 41.15 -8.61, Faro 37.02 -7.93",
    ),
)


def _city(text: str) -> City:
    name, lat, lon = text.rsplit(" ", 2)
    return City(name, float(lat), float(lon))


def _country(spellings: str, weight: float, languages: dict[str, float], cities: str) -> Country:
    ways = tuple(spellings.split("|"))
    code = next(way for way in ways if len(way) == 2)
    return Country(ways, code, weight, languages, tuple(_city(text) for text in cities.split(", ")))


COUNTRIES: tuple[Country, ...] = tuple(_country(*row) for row in _TABLE)
