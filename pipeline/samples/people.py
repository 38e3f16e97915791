"""People, firms, addresses and numbers that do not exist, from a seeded generator.

Telephone numbers come from the ranges kept for fiction (555-01xx; Ofcom's 01632 960xxx), web addresses from `.example`
(RFC 2606). Social security numbers have areas (800-899) that were first opened in 2011; employer numbers use prefixes
that the IRS has not assigned.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

_WOMEN = ("Ada", "Brenna", "Celia", "Delphine", "Edith", "Farah", "Greta", "Hanne", "Ines", "Jocelyn", "Kirsten",
          "Lena", "Marisol", "Nadia", "Odette", "Priya", "Renata", "Sabine", "Tamsin", "Wilhelmina")  # fmt: skip
_MEN = ("Alban", "Bertil", "Caspar", "Dario", "Emil", "Fergus", "Gideon", "Hector", "Ivo", "Jasper", "Kenji", "Lorenzo",
        "Magnus", "Nestor", "Osric", "Percy", "Rafael", "Silas", "Tobias", "Walter")  # fmt: skip
_SURNAMES = ("Abernathy", "Blakely", "Castellan", "Dunmore", "Eastwick", "Fairholm", "Garrick", "Hollis", "Ingram",
             "Jessop", "Kettering", "Lindqvist", "Marchetti", "Norwood", "Okafor", "Pemberton", "Quillan", "Rosenthal",
             "Santoro", "Thackeray", "Underhill", "Vandermeer", "Whitlock", "Yarrow", "Zeller")  # fmt: skip
_STREETS = ("Alder", "Beacon", "Cinder", "Dovetail", "Elderberry", "Foundry", "Granary", "Heron", "Ironwood", "Juniper",
            "Kestrel", "Larkspur", "Millrace", "Nightingale", "Orchard", "Quarry", "Saddler", "Tannery",
            "Wren")  # fmt: skip
_US_KINDS = ("Street", "Avenue", "Lane", "Drive", "Court", "Road", "Boulevard")
_UK_KINDS = ("Street", "Road", "Lane", "Close", "Gardens", "Terrace")
_US_TOWNS = (("Fallbrook Mills", "OR"), ("Cedar Hollow", "PA"), ("New Harrow", "OH"), ("Pine Junction", "CO"),
             ("Marlow Springs", "TX"), ("East Tiverton", "MA"), ("Lake Corbin", "MN"), ("Silver Ferry", "NY"),
             ("Port Amity", "FL"), ("Dry Creek", "AZ"), ("Halcyon", "WA"), ("Saint Orrin", "MO"))  # fmt: skip
_ZIP_FIRST = {"OR": "974", "PA": "190", "OH": "441", "CO": "805", "TX": "788", "MA": "013", "MN": "566", "NY": "128",
              "FL": "342", "AZ": "853", "WA": "983", "MO": "645"}  # fmt: skip
_UK_TOWNS = (("Harrowby", "HB"), ("Little Stoke", "LS"), ("Wexmouth", "WX"), ("Kirkdale", "KD"), ("Penhallow", "PH"))
_GERMAN_TOWNS = ("Auental", "Birkenfurt", "Lindenheim", "Oberwies", "Steinhagen", "Talbrück")
_GERMAN_STREETS = ("Amselweg", "Buchenallee", "Gartenstraße", "Kirchgasse", "Mühlenweg", "Rosenstraße")
_TRADES = ("Carpentry", "Freight", "Optics", "Ceramics", "Robotics", "Bakery", "Surveying", "Textiles", "Orchards",
           "Printing", "Acoustics", "Consulting", "Landscapes", "Instruments")  # fmt: skip
_FIRM_FIRST = ("Brightwater", "Copperleaf", "Dunlin", "Evenfall", "Fernhill", "Goldcrest", "Hazelmoor", "Inkwell",
               "Larkfield", "Mossbank", "Northgate", "Ravenscar", "Stonebridge", "Thistledown")  # fmt: skip
_UNASSIGNED_EIN_PREFIXES = (
    "07",
    "08",
    "09",
    "17",
    "18",
    "19",
    "28",
    "29",
    "49",
    "69",
    "70",
    "78",
    "79",
    "89",
    "96",
    "97",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional person; `sex` is "F" or "M"."""

    given: str
    middle: str | None
    surname: str
    sex: str

    @property
    def full_name(self) -> str:
        """Given name(s), then surname."""
        return " ".join(part for part in (self.given, self.middle, self.surname) if part)


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A street line and a town line."""

    street: str
    town: str


def person(rng: random.Random, *, middle_share: float = 0.3) -> Person:
    """A person, with a middle name in `middle_share` of the cases."""
    sex = rng.choice("FM")
    names = _WOMEN if sex == "F" else _MEN
    given, middle = rng.sample(names, 2)
    return Person(given, middle if rng.random() < middle_share else None, rng.choice(_SURNAMES), sex)


def firm(rng: random.Random) -> str:
    """A firm's name without its legal form, e.g. "Mossbank Optics"."""
    return f"{rng.choice(_FIRM_FIRST)} {rng.choice(_TRADES)}"


def us_address(rng: random.Random) -> PostalAddress:
    """An American address."""
    unit = rng.choice(("", "", "", f" Apt. {rng.randint(1, 48)}", f" Suite {rng.randint(100, 990)}"))
    town, state = rng.choice(_US_TOWNS)
    street = f"{rng.randint(11, 9800)} {rng.choice(_STREETS)} {rng.choice(_US_KINDS)}{unit}"
    return PostalAddress(street, f"{town}, {state} {_ZIP_FIRST[state]}{rng.randint(0, 99):02d}")


def uk_address(rng: random.Random) -> PostalAddress:
    """A British address; its postcode areas do not exist."""
    town, area = rng.choice(_UK_TOWNS)
    code = f"{area}{rng.randint(1, 29)} {rng.randint(1, 9)}{rng.choice('ABDEFGH')}{rng.choice('JLNPQRS')}"
    return PostalAddress(f"{rng.randint(1, 180)} {rng.choice(_STREETS)} {rng.choice(_UK_KINDS)}", f"{town} {code}")


def german_address(rng: random.Random) -> PostalAddress:
    """A German address."""
    return PostalAddress(
        f"{rng.choice(_GERMAN_STREETS)} {rng.randint(1, 120)}",
        f"{rng.randint(10, 98)}{rng.randint(0, 999):03d} {rng.choice(_GERMAN_TOWNS)}",
    )


def digits(rng: random.Random, count: int) -> str:
    """That many digits, the first not zero."""
    return str(rng.randint(1, 9)) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def ssn(rng: random.Random) -> str:
    """Of the shape 812-34-5678."""
    return f"{rng.randint(800, 899)}-{rng.randint(1, 99):02d}-{rng.randint(1, 9999):04d}"


def ein(rng: random.Random) -> str:
    """Of the shape 08-1234567."""
    return f"{rng.choice(_UNASSIGNED_EIN_PREFIXES)}-{digits(rng, 7)}"


def us_phone(rng: random.Random) -> str:
    """From the range kept for fiction."""
    return f"({rng.randint(201, 989)}) 555-01{rng.randint(0, 99):02d}"


def uk_phone(rng: random.Random) -> str:
    """From the range that Ofcom keeps for drama."""
    return f"01632 960{rng.randint(0, 999):03d}"


def german_iban(rng: random.Random) -> str:
    """An IBAN in groups of four, with its check digits (ISO 13616: mod 97-10)."""
    account = digits(rng, 18)
    check = 98 - int(account + "131400") % 97
    plain = f"DE{check:02d}{account}"
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def slug(name: str) -> str:
    """A name as part of a file name: lower case, hyphens, ASCII letters and digits only."""
    kept = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower())
    return "-".join(kept.split())
