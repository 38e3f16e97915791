"""Pay stubs and payslips: classified only."""

from pipeline.doctypes.definition import DocType

PAY_STUB = DocType(name="pay_stub", label="Pay stub")
