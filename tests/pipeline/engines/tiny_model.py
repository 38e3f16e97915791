"""A language model of 0.3 MB with random weights, made by code: what it says is noise, but a real server runs it, with
real grammars, log-probabilities, token counts and limits. A larger one, of 100 MB, takes as long as a small real one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

_CONTEXT = 4096
_SPECIAL = ("<unk>", "<s>", "</s>")
_CHAT = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


@dataclass(frozen=True)
class Size:
    """Of a model of the llama architecture."""

    width: int
    heads: int
    hidden: int
    layers: int


SIZES = {"tiny": Size(32, 2, 64, 1), "larger": Size(512, 8, 1376, 8)}


def write_tiny_model(path: Path, seed: int = 1, size: Size = SIZES["tiny"]) -> None:
    """Writes a model of the llama architecture with a vocabulary of bytes and ASCII letters.

    Args:
        path: the GGUF file.
        seed: of its weights.
        size: of the model.
    """
    letters = [chr(code) for code in range(32, 127)]
    tokens = [*_SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *letters]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.NORMAL] * len(letters)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(size.width)
    writer.add_block_count(size.layers)
    writer.add_feed_forward_length(size.hidden)
    writer.add_head_count(size.heads)
    writer.add_head_count_kv(size.heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(size.width // size.heads)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)  # with it every schema is refused
    writer.add_chat_template(_CHAT)
    for name, shape in _tensors(len(tokens), size).items():
        rng = np.random.default_rng([seed, len(name), sum(name.encode())])
        norm = name.endswith("norm.weight")
        weights = np.ones(shape) if norm else rng.normal(0, 0.3, shape)
        writer.add_tensor(name, weights.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors(words: int, size: Size) -> dict[str, tuple[int, ...]]:
    wide, hidden = size.width, size.hidden
    square = (wide, wide)
    block = {
        "attn_norm": (wide,), "attn_q": square, "attn_k": square, "attn_v": square, "attn_output": square,
        "ffn_norm": (wide,), "ffn_gate": (hidden, wide), "ffn_up": (hidden, wide), "ffn_down": (wide, hidden),
    }  # fmt: skip
    ends: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (words, wide), "output_norm.weight": (wide,), "output.weight": (words, wide),
    }  # fmt: skip
    return ends | {f"blk.{layer}.{name}.weight": shape for layer in range(size.layers) for name, shape in block.items()}


if __name__ == "__main__":
    write_tiny_model(Path(sys.argv[1]), size=SIZES[sys.argv[2]])
