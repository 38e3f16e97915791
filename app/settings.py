"""Every setting, read from the environment here and nowhere else.

`Settings()` reads `FUSE_*` variables, `DATABASE_URL` and `REDIS_URL`. Without the two addresses, it takes those of the
system that `./fuse up` runs in this folder (`.fuse/run.json`), so that `./fuse add` finds it.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The settings of one process. See docs/settings.md for what each does."""

    model_config = SettingsConfigDict(env_prefix="FUSE_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = ROOT / ".fuse"
    """Where the embedded servers, the blobs and the run file live."""
    database_url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    redis_url: str = Field(default="", validation_alias=AliasChoices("REDIS_URL", "redis_url"))
    host: str = "127.0.0.1"
    port: int = 8501
    allowed_hosts: str = ""
    """Names under which browsers may reach the workbench, comma-separated; "": this machine's loopback names while
    `host` is one, else any."""
    ocr: Literal["auto", "rapidocr", "tesserocr", "pytesseract"] = "auto"
    """Who reads pictures."""
    ocr_second: Literal["auto", "off", "rapidocr", "tesserocr", "textract"] = "auto"
    """Who reads again what the first reader is unsure of."""
    ocr_profile: Literal["full", "fast"] = "full"
    """full: doubtful lines are looked at twice, and the second reader is asked; fast: neither."""
    textract_region: str = ""
    """Where Amazon Textract is asked, when it is the second reader."""
    textract_endpoint: str = ""
    """Its address, when it is not Amazon's own."""
    doc_types: Path | None = None
    """A folder with a company's own document types, a file each; None: `doctypes` in `home`."""
    ocr_workers: int = 0
    """How many OCR workers `./fuse up` starts; 0: one per core."""
    ocr_cache_days: float = 7.0
    """How long readings by OCR are kept in Redis, so that the same bytes are not read twice; 0: not at all."""
    llm: Literal["off", "ollama", "openai"] = "off"
    """The language model's server: Ollama, or one that speaks OpenAI's protocol (vLLM, llama.cpp, LM Studio)."""
    llm_model: str = "llama3.2:3b-instruct-q4_K_M"
    llm_url: str = ""
    """Where it is; "": Ollama's or llama.cpp's own address on this machine."""
    llm_key: SecretStr = SecretStr("")
    llm_context_tokens: int = Field(default=8192, ge=1024)
    """Length of prompt and answer together; each change makes Ollama load the model again."""
    llm_seconds: float = Field(default=60.0, gt=0)
    """A call takes no longer, however slowly its answer drips."""
    llm_document_seconds: float = Field(default=300.0, gt=0)
    """What is not asked about a document by then is not asked."""
    llm_temperature: float = Field(default=0.0, ge=0.0)
    llm_seed: int = 7
    llm_concurrency: int = Field(default=2, ge=1)
    """Calls at once, of all workers together; `./fuse up` starts as many workers for classification and extraction."""
    llm_most_parts: int = Field(default=12, ge=1)
    """A longer document is asked about in so many parts, the most useful ones."""
    llm_classify: Literal["doubtful", "all", "off"] = "doubtful"
    """Which documents' types the model is asked about: those the built-in classifier is unsure of, all, or none."""
    llm_examples: Literal["tool", "plain", "off"] = "tool"
    """Whether the model asks for gold examples by a tool call, gets a few without asking, or none."""
    llm_mask: bool = True
    """Surrogates for tax, account and card numbers and names in everything that goes to the model."""
    llm_keep_back: bool = False
    """Fields that are sensitive or have check digits stay with the built-in engine: the model is not asked for them."""
    llm_breaker_s: float = Field(default=30.0, gt=0)
    """How long nobody calls a server that failed five times in a row."""
    llm_hour_calls: int = Field(default=10_000, ge=0)
    """A tenant's calls in an hour at full speed; 0: no limit."""
    llm_slow_calls: int = Field(default=1_000, ge=1)
    """Calls an hour of a tenant that has used those up."""
    llm_hour_tokens: int = Field(default=0, ge=0)
    llm_hour_usd: float = Field(default=0.0, ge=0.0)
    llm_day_tokens: int = Field(default=0, ge=0)
    llm_day_usd: float = Field(default=0.0, ge=0.0)
    llm_document_tokens: int = Field(default=0, ge=0)
    llm_document_usd: float = Field(default=1.0, ge=0.0)
    """A document whose calls take or cost more goes to a person."""
    llm_usd_per_million_prompt: float = Field(default=0.0, ge=0.0)
    llm_usd_per_million_answer: float = Field(default=0.0, ge=0.0)
    secret_key: SecretStr = SecretStr("")
    """Encrypts what stands behind surrogates; "": a key of this machine's own, in `home`."""
    max_upload_bytes: int = 50_000_000

    document_time_limit_s: float = 60.0
    """OCR of one document, or of one page batch of a long one; the pages read until then are kept."""
    stage_memory_bytes: int = 1_500_000_000
    lease_s: float = 75.0
    heartbeat_s: float = 10.0
    sweep_s: float = 2.0
    """How often the scheduler dispatches the outbox and sweeps lost work."""
    rewake_s: float = 10.0
    """A due job is woken again when nobody claimed it for so long and its wake-up is gone."""
    drain_s: float = 20.0
    """How long a stopping worker goes on with the document it has."""
    max_attempts: int = 5
    """Claims of a stage before its document goes to a person."""
    backoff_s: float = 1.0
    """First wait before a failed stage is tried again; doubled each time."""
    sampling_rate: float = Field(default=0.05, ge=0.0, le=1.0)
    """Share of accepted documents that a person sees all the same, unless settings in the database say otherwise."""
    snapshot_s: float = 300.0
    """How often metrics are written to `metrics_history`."""
    log_level: str = "INFO"

    @property
    def doc_types_folder(self) -> Path:
        """Where own document types are looked for."""
        return self.doc_types or self.home / "doctypes"

    @cached_property
    def _running(self) -> dict[str, str]:
        path = self.run_file
        return json.loads(path.read_text()) if path.exists() else {}

    @property
    def host_names(self) -> tuple[str, ...] | None:
        """The names a request may be addressed to; None: any."""
        if self.allowed_hosts:
            return tuple(name.strip() for name in self.allowed_hosts.split(","))
        return _LOOPBACK if self.host in _LOOPBACK else None

    @property
    def run_file(self) -> Path:
        """What `./fuse up` writes while it runs: the addresses of its servers."""
        return self.home / "run.json"

    @property
    def database(self) -> str:
        """The database's address, or "" when there is none."""
        return self.database_url or self._running.get("database_url", "")

    @property
    def redis(self) -> str:
        """Redis' address, or "" when there is none."""
        return self.redis_url or self._running.get("redis_url", "")

    @property
    def address(self) -> str:
        """Where the system that runs in this folder answers, or "" when none does."""
        return self._running.get("address", "")

    @property
    def secret_key_file(self) -> Path:
        """Where this machine's own key lies, when none is set."""
        return self.home / "secret.key"

    @property
    def blob_folder(self) -> Path:
        """Where uploaded bytes lie."""
        return self.home / "blobs"
