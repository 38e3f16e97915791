"""Bills for electricity, gas, water, telephone: classified only."""

from pipeline.doctypes.definition import DocType

UTILITY_BILL = DocType(
    name="utility_bill",
    label="Utility bill",
    cues={
        "meter": 3.0,
        "kwh": 4.0,
        "electricity": 3.0,
        "electric": 2.0,
        "sewer": 3.0,
        "water": 1.5,
        "natural gas": 3.0,
        "usage": 2.0,
        "service address": 3.0,
        "billing period": 2.0,
        "utility": 3.0,
        "utilities": 3.0,
        "meter reading": 3.0,
        "previous reading": 3.0,
        "therms": 3.0,
        "energy charge": 3.0,
        "your bill": 2.0,
        "total amount due": 1.5,
    },
)
