"""What a tenant may spend on calls of the language model."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Settings
from db.usage import Spent
from pipeline.errors import LlmOverBudget
from pipeline.types import Finding

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Budget:
    """A tenant's limits; 0 is no limit.

    Attributes:
        hour_calls: calls in an hour at full speed.
        slow_calls: calls an hour after that, evenly spaced.
        hour_tokens, hour_usd: since the full hour.
        day_tokens, day_usd: in 24 hours.
        document_tokens, document_usd: a document that takes or costs more goes to a person.
        usd_per_prompt_token, usd_per_answer_token: prices.
    """

    hour_calls: int = 10_000
    slow_calls: int = 1_000
    hour_tokens: int = 0
    hour_usd: float = 0.0
    day_tokens: int = 0
    day_usd: float = 0.0
    document_tokens: int = 0
    document_usd: float = 1.0
    usd_per_prompt_token: float = 0.0
    usd_per_answer_token: float = 0.0

    def check(self, spent: Spent) -> None:
        """Lets a call pass.

        Raises:
            LlmOverBudget: there is nothing left for now.
        """
        for limit, used, sentence in (
            (self.hour_tokens, spent.tokens_this_hour, "The hour's tokens are used up."),
            (self.hour_usd, spent.usd_this_hour, "The hour's money is used up."),
            (self.day_tokens, spent.tokens_today, "The day's tokens are used up."),
            (self.day_usd, spent.usd_today, "The day's money is used up."),
        ):
            if limit and used >= limit:
                raise LlmOverBudget(sentence)
        slowed = self.hour_calls and spent.calls_this_hour >= self.hour_calls
        if slowed and spent.idle_s < _HOUR_S / self.slow_calls:
            raise LlmOverBudget("The hour's calls are used up.")

    def cost(self, prompt_tokens: int | None, answer_tokens: int | None) -> float:
        """What a call costs, in USD; tokens that the server did not count are not known, and count nothing."""
        return (prompt_tokens or 0) * self.usd_per_prompt_token + (answer_tokens or 0) * self.usd_per_answer_token

    def finding(self, tokens: int, usd: float) -> Finding | None:
        """What a person is told of a document that took and cost so much; None where that is all right."""
        if self.document_usd and usd > self.document_usd:
            return Finding("llm_cost", f"Asking the language model about this document cost {usd:.2f} USD.")
        if self.document_tokens and tokens > self.document_tokens:
            return Finding("llm_cost", f"Asking the language model about this document took {tokens:,} tokens.")
        return None


def budget_of(settings: Settings) -> Budget:
    """The limits that are set."""
    return Budget(
        hour_calls=settings.llm_hour_calls,
        slow_calls=settings.llm_slow_calls,
        hour_tokens=settings.llm_hour_tokens,
        hour_usd=settings.llm_hour_usd,
        day_tokens=settings.llm_day_tokens,
        day_usd=settings.llm_day_usd,
        document_tokens=settings.llm_document_tokens,
        document_usd=settings.llm_document_usd,
        usd_per_prompt_token=settings.llm_usd_per_million_prompt / 1e6,
        usd_per_answer_token=settings.llm_usd_per_million_answer / 1e6,
    )
