"""Pay stubs and payslips: classified only."""

from pipeline.doctypes.definition import DocType

PAY_STUB = DocType(
    name="pay_stub",
    label="Pay stub",
    cues={
        "earnings statement": 5.0,
        "pay stub": 5.0,
        "payslip": 5.0,
        "pay period": 4.0,
        "pay date": 3.0,
        "net pay": 4.0,
        "gross pay": 4.0,
        "ytd": 3.0,
        "year to date": 2.5,
        "deductions": 2.5,
        "earnings": 2.0,
        "pay begin": 2.0,
        "pay rate": 2.0,
        "hours": 0.5,
        "employee id": 1.5,
    },
)
