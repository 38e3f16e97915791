"""Amounts and dates as documents print them. Amounts are whole cents until they are printed: sums stay exact."""

from __future__ import annotations

import datetime
import random


def money(cents: int) -> str:
    """English: 123456 -> "1,234.56", negative with a leading minus."""
    return f"{cents / 100:,.2f}"


def continental(cents: int) -> str:
    """Continental: 123456 -> "1.234,56", negative with a leading minus."""
    return money(cents).translate(str.maketrans(",.", ".,"))


def number(cents: int) -> float:
    """The plain number that stands in a truth."""
    return round(cents / 100, 2)


def day_between(rng: random.Random, first: datetime.date, last: datetime.date) -> datetime.date:
    """A day from `first` to `last`, both included."""
    return first + datetime.timedelta(days=rng.randint(0, (last - first).days))


def years_later(day: datetime.date, years: int) -> datetime.date:
    """The same day of a later year; 29 February becomes the 28th."""
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year + years)
