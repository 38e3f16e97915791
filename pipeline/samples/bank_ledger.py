"""A month on a bank account: entries whose sums agree, in whole cents."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass
from itertools import accumulate

from pipeline.samples.amounts_and_dates import day_between, number
from pipeline.types import JsonValue

Payees = tuple[tuple[str, int, int], ...]
"""(description, least, most) in cents; a count of "#" in the description becomes that many digits."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking; `cents` is positive for money in."""

    day: datetime.date
    description: str
    cents: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account from `first` to `last`, entries by day."""

    first: datetime.date
    last: datetime.date
    opening: int
    entries: tuple[Entry, ...]

    @property
    def balances(self) -> tuple[int, ...]:
        """The balance after each entry."""
        return tuple(accumulate((entry.cents for entry in self.entries), initial=self.opening))[1:]

    @property
    def deposits(self) -> int:
        """The sum of the money in."""
        return sum(entry.cents for entry in self.entries if entry.cents > 0)

    @property
    def withdrawals(self) -> int:
        """The sum of the money out, as a positive number."""
        return -sum(entry.cents for entry in self.entries if entry.cents < 0)

    @property
    def closing(self) -> int:
        """The balance at the end."""
        return self.opening + self.deposits - self.withdrawals

    def truth(self, rows: list[JsonValue], **header: JsonValue) -> dict[str, JsonValue]:
        """The whole truth of a statement.

        Args:
            rows: the transactions, in printed order (see `row`).
            header: bank_name, account_holder, account_number and currency.
        """
        return {
            **header,
            "statement_start_date": self.first.isoformat(),
            "statement_end_date": self.last.isoformat(),
            "opening_balance": number(self.opening),
            "closing_balance": number(self.closing),
            "total_deposits": number(self.deposits),
            "total_withdrawals": number(self.withdrawals),
            "transactions": rows,
        }


def row(entry: Entry, balance: int | None) -> JsonValue:
    """A transaction of the truth; `balance` None where the row prints none."""
    return {
        "date": entry.day.isoformat(),
        "description": entry.description,
        "amount": number(entry.cents),
        "balance": None if balance is None else number(balance),
    }


def keep_ledger(
    rng: random.Random, incoming: Payees, outgoing: Payees, entries_out: int, *, calendar_month: bool = True
) -> Ledger:
    """Makes up a month in which the account never goes below zero.

    Args:
        rng: the source of everything.
        incoming: who pays in; two or more of them do, once each.
        outgoing: who is paid: each once, then again those with a number in their description.
        entries_out: how many payments out.
        calendar_month: from the first to the last of a month, otherwise a month from some day.
    """
    first = datetime.date(rng.randint(2021, 2025), rng.randint(1, 12), 1 if calendar_month else rng.randint(2, 28))
    next_month = datetime.date(first.year + first.month // 12, first.month % 12 + 1, first.day)
    last = next_month - datetime.timedelta(days=1)
    made = [_entry(rng, payee, 1, first, last) for payee in rng.sample(incoming, rng.randint(2, len(incoming)))]
    made += [_entry(rng, payee, -1, first, last) for payee in _drawn(rng, outgoing, entries_out)]
    made.sort(key=lambda entry: (entry.day, -entry.cents))
    lowest = min(accumulate(entry.cents for entry in made))
    opening = max(0, -lowest) + rng.randint(2_000, 400_000)
    return Ledger(first, last, opening, tuple(made))


def _drawn(rng: random.Random, payees: Payees, count: int) -> list[tuple[str, int, int]]:
    once = rng.sample(payees, min(count, len(payees)))
    again = [payee for payee in payees if "#" in payee[0]]
    return once + rng.choices(again, k=count - len(once))


def _entry(
    rng: random.Random, payee: tuple[str, int, int], sign: int, first: datetime.date, last: datetime.date
) -> Entry:
    description, least, most = payee
    filled = "".join(rng.choice("0123456789") if c == "#" else c for c in description)
    return Entry(day_between(rng, first, last), filled, sign * rng.randint(least, most))
