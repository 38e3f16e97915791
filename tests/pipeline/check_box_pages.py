"""A consent form with boxes to tick: drawn, with its own type."""

from __future__ import annotations

from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.samples.sheet import A4, HELVETICA, Sheet

BOXES = {
    "newsletter": "I want the newsletter",
    "photographs": "Photographs may be published",
    "insured": "Insured by the employer",
}
TYPE = DocType(
    name="consent",
    label="Consent",
    cues={"declaration of consent": 8.0},
    fields=tuple(
        FieldSpec(name=name, label=words, kind=FieldKind.CHECK_BOX, anchors=(words,)) for name, words in BOXES.items()
    ),
)
TYPE_FILE = 'name = "consent"\nlabel = "Consent"\n[cues]\n"declaration of consent" = 8\n' + "".join(
    f'[[fields]]\nname = "{name}"\nlabel = "{words}"\nkind = "check_box"\nanchors = ["{words}"]\n'
    for name, words in BOXES.items()
)
SIDE_PT = 10


def consent_form(*ticked: str, behind: bool = False) -> bytes:
    """A PDF whose boxes stand before or behind their words."""
    sheet = Sheet(A4, "Consent")
    sheet.text(60, 80, "DECLARATION OF CONSENT", HELVETICA.bold, 18)
    for i, (name, words) in enumerate(BOXES.items()):
        y = 130 + 30 * i
        width = sheet.text(78, y, words, HELVETICA.regular, 11)
        x = 78 + width + 8 if behind else 60
        for x0, y0, x1, y1 in _frame(x, y):
            sheet.rule(x0, y0, x1, y1, 0.8)
        if name in ticked:
            sheet.rule(x + 1.5, y - SIDE_PT + 2.5, x + SIDE_PT - 1.5, y - 0.5, 1.6)
            sheet.rule(x + SIDE_PT - 1.5, y - SIDE_PT + 2.5, x + 1.5, y - 0.5, 1.6)
    return sheet.pdf()


def _frame(x: float, y: float) -> list[tuple[float, float, float, float]]:
    left, right, top, bottom = x, x + SIDE_PT, y - SIDE_PT + 1, y + 1
    return [
        (left, top, right, top),
        (left, bottom, right, bottom),
        (left, top, left, bottom),
        (right, top, right, bottom),
    ]
