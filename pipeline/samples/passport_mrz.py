"""The two lines that machines read at the foot of a passport's data page.

Format: ICAO Doc 9303, part 3 section 4.9 (check digits) and part 4 section 4.2 (TD3, two lines of 44 characters).
"""

from __future__ import annotations

import datetime

LINE_LENGTH = 44
_WEIGHTS = (7, 3, 1)


def check_digit(characters: str) -> str:
    """The check digit of a field: weights 7, 3, 1, modulo 10; A is 10 ... Z is 35, the filler `<` is 0."""
    total = sum(_value(c) * _WEIGHTS[i % 3] for i, c in enumerate(characters))
    return str(total % 10)


def td3(
    *,
    issuer: str,
    surname: str,
    given_names: str,
    document_number: str,
    nationality: str,
    birth: datetime.date,
    sex: str,
    expiry: datetime.date,
    personal_number: str = "",
) -> tuple[str, str]:
    """Both lines of a passport.

    Args:
        issuer: three letters of the issuing state.
        surname: the primary identifier, Latin letters A-Z, spaces, hyphens and apostrophes.
        given_names: the secondary identifiers, likewise.
        document_number: at most nine letters and digits.
        nationality: three letters.
        birth: date of birth.
        sex: "F", "M" or "X" (written as a filler).
        expiry: date of expiry.
        personal_number: optional, at most fourteen letters and digits.

    Raises:
        ValueError: a name holds a character that has no place in the zone.
    """
    names = f"{_filled(surname)}<<{_filled(given_names)}"
    first = f"P<{issuer}{names}".ljust(LINE_LENGTH, "<")[:LINE_LENGTH]
    number = document_number.ljust(9, "<")
    born, expires = f"{birth:%y%m%d}", f"{expiry:%y%m%d}"
    personal = personal_number.ljust(14, "<")
    personal_check = check_digit(personal) if personal_number else "<"
    checked = (number + check_digit(number), born + check_digit(born), expires + check_digit(expires))
    composite = check_digit("".join(checked) + personal + personal_check)
    sex_mark = "<" if sex == "X" else sex
    return first, f"{checked[0]}{nationality}{checked[1]}{sex_mark}{checked[2]}{personal}{personal_check}{composite}"


def _filled(name: str) -> str:
    letters = name.upper().replace("'", "").replace("-", "<").replace(" ", "<")
    if not all("A" <= c <= "Z" or c == "<" for c in letters):
        raise ValueError("A name in the machine-readable zone may hold A-Z, spaces, hyphens and apostrophes only.")
    return letters


def _value(character: str) -> int:
    if character == "<":
        return 0
    return int(character, 36)
