"""IRS form W-2, Wage and Tax Statement: classified only."""

from pipeline.doctypes.definition import DocType

W2 = DocType(
    name="w2",
    label="W-2",
    cues={
        "wage and tax statement": 8.0,
        "form w-2": 4.0,
        "wages tips other compensation": 5.0,
        "social security wages": 3.0,
        "medicare wages": 3.0,
        "copy b to be filed": 1.0,
    },
)
