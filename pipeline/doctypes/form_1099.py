"""IRS forms of the 1099 series: classified only."""

from pipeline.doctypes.definition import DocType

FORM_1099 = DocType(
    name="form_1099",
    label="1099",
    cues={
        "request for taxpayer identification number": -10.0,
        "form 1099": 3.0,
        "1099-int": 1.0,
        "1099-div": 1.0,
        "1099-misc": 1.0,
        "1099-nec": 1.0,
        "1099-b": 1.0,
        "1099-a": 1.0,
        "1099-cap": 1.0,
        "1099-r": 1.0,
        "1099-g": 1.0,
        "1099-k": 1.0,
        "payer's name": 4.0,
        "payer's tin": 3.0,
        "recipient's name": 2.5,
        "recipient's tin": 2.0,
        "interest income": 2.0,
        "dividends and distributions": 2.0,
        "copy b for recipient": 2.0,
    },
)
