"""The 24 provinces and 221 cantons of Ecuador that the simulated data are set in: real places, general knowledge.

Source: the political division in use by Ecuador's statistics institute (INEC). The region is the province's usual one; the
land of a canton may lie lower or higher. Names repeat between provinces (two cantons are called Bolívar, two Olmedo), so
that a canton is known by its ``id`` or by province and name. The first canton of each province is its capital's.
"""

from dataclasses import dataclass

_DIVISION: dict[str, dict[str, str]] = {
    "Sierra": {
        "Azuay": "Cuenca, Girón, Gualaceo, Nabón, Paute, Pucará, San Fernando, Santa Isabel, Sígsig, Oña, Chordeleg, El Pan, "
        "Sevilla de Oro, Guachapala, Camilo Ponce Enríquez",
        "Bolívar": "Guaranda, Chillanes, Chimbo, Echeandía, San Miguel, Caluma, Las Naves",
        "Cañar": "Azogues, Biblián, Cañar, La Troncal, El Tambo, Déleg, Suscal",
        "Carchi": "Tulcán, Bolívar, Espejo, Mira, Montúfar, San Pedro de Huaca",
        "Chimborazo": "Riobamba, Alausí, Colta, Chambo, Chunchi, Guamote, Guano, Pallatanga, Penipe, Cumandá",
        "Cotopaxi": "Latacunga, La Maná, Pangua, Pujilí, Salcedo, Saquisilí, Sigchos",
        "Imbabura": "Ibarra, Antonio Ante, Cotacachi, Otavalo, Pimampiro, San Miguel de Urcuquí",
        "Loja": "Loja, Calvas, Catamayo, Celica, Chaguarpamba, Espíndola, Gonzanamá, Macará, Paltas, Puyango, Saraguro, "
        "Sozoranga, Zapotillo, Pindal, Quilanga, Olmedo",
        "Pichincha": "Quito, Cayambe, Mejía, Pedro Moncayo, Rumiñahui, San Miguel de los Bancos, Pedro Vicente Maldonado, "
        "Puerto Quito",
        "Tungurahua": "Ambato, Baños de Agua Santa, Cevallos, Mocha, Patate, Quero, San Pedro de Pelileo, "
        "Santiago de Píllaro, Tisaleo",
    },
    "Costa": {
        "El Oro": "Machala, Arenillas, Atahualpa, Balsas, Chilla, El Guabo, Huaquillas, Marcabelí, Pasaje, Piñas, Portovelo, "
        "Santa Rosa, Zaruma, Las Lajas",
        "Esmeraldas": "Esmeraldas, Eloy Alfaro, Muisne, Quinindé, San Lorenzo, Atacames, Rioverde",
        "Guayas": "Guayaquil, Alfredo Baquerizo Moreno, Balao, Balzar, Colimes, Daule, Durán, El Empalme, El Triunfo, Milagro, "
        "Naranjal, Naranjito, Palestina, Pedro Carbo, Samborondón, Santa Lucía, Salitre, San Jacinto de Yaguachi, Playas, "
        "Simón Bolívar, Coronel Marcelino Maridueña, Lomas de Sargentillo, Nobol, General Antonio Elizalde, Isidro Ayora",
        "Los Ríos": "Babahoyo, Baba, Montalvo, Puebloviejo, Quevedo, Urdaneta, Ventanas, Vinces, Palenque, Buena Fe, Valencia, "
        "Mocache, Quinsaloma",
        "Manabí": "Portoviejo, Bolívar, Chone, El Carmen, Flavio Alfaro, Jipijapa, Junín, Manta, Montecristi, Paján, "
        "Pichincha, Rocafuerte, Santa Ana, Sucre, Tosagua, 24 de Mayo, Pedernales, Olmedo, Puerto López, Jama, Jaramijó, "
        "San Vicente",
        "Santa Elena": "Santa Elena, La Libertad, Salinas",
        "Santo Domingo de los Tsáchilas": "Santo Domingo, La Concordia",
    },
    "Amazonía": {
        "Morona Santiago": "Morona, Gualaquiza, Limón Indanza, Palora, Santiago, Sucúa, Huamboya, San Juan Bosco, Taisha, "
        "Logroño, Pablo Sexto, Tiwintza",
        "Napo": "Tena, Archidona, El Chaco, Quijos, Carlos Julio Arosemena Tola",
        "Orellana": "Francisco de Orellana, Aguarico, La Joya de los Sachas, Loreto",
        "Pastaza": "Pastaza, Mera, Santa Clara, Arajuno",
        "Sucumbíos": "Lago Agrio, Gonzalo Pizarro, Putumayo, Shushufindi, Sucumbíos, Cascales, Cuyabeno",
        "Zamora Chinchipe": "Zamora, Chinchipe, Nangaritza, Yacuambi, Yantzaza, El Pangui, Centinela del Cóndor, Palanda, "
        "Paquisha",
    },
    "Insular": {"Galápagos": "San Cristóbal, Isabela, Santa Cruz"},
}


@dataclass(frozen=True, slots=True)
class Canton:
    """A real canton; ``id`` (C001 … C221) is ours. ``capital``: does it hold the province's capital?"""

    id: str
    name: str
    province: str
    region: str
    capital: bool


def _all() -> tuple[Canton, ...]:
    places = sorted(
        (province, region, cantons)
        for region, provinces in _DIVISION.items()
        for province, cantons in provinces.items()
    )
    named = [
        (name, province, region, place == 0)
        for province, region, cantons in places
        for place, name in enumerate(cantons.split(", "))
    ]
    return tuple(Canton(f"C{number:03d}", *rest) for number, rest in enumerate(named, start=1))


CANTONS: tuple[Canton, ...] = _all()
PROVINCES: tuple[str, ...] = tuple(dict.fromkeys(canton.province for canton in CANTONS))
REGIONS: tuple[str, ...] = ("Costa", "Sierra", "Amazonía", "Insular")
