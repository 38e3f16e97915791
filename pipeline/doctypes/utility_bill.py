"""Bills for electricity, gas, water, telephone: classified only."""

from pipeline.doctypes.definition import DocType

UTILITY_BILL = DocType(name="utility_bill", label="Utility bill")
