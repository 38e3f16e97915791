"""A language model of 0.3 MB with random weights, made by code: what it says is noise, but a real server runs it, with
real grammars, log-probabilities, token counts and limits.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

_WIDTH, _HEADS, _HIDDEN, _CONTEXT = 32, 2, 64, 4096
_SPECIAL = ("<unk>", "<s>", "</s>")
_CHAT = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def write_tiny_model(path: Path, seed: int = 1) -> None:
    """Writes a one-layer model of the llama architecture with a vocabulary of bytes and ASCII letters.

    Args:
        path: the GGUF file.
        seed: of its weights.
    """
    letters = [chr(code) for code in range(32, 127)]
    tokens = [*_SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *letters]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.NORMAL] * len(letters)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_HIDDEN)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)  # with it every schema is refused
    writer.add_chat_template(_CHAT)
    for name, shape in _tensors(len(tokens)).items():
        rng = np.random.default_rng([seed, len(name), sum(name.encode())])
        norm = name.endswith("norm.weight")
        weights = np.ones(shape) if norm else rng.normal(0, 0.3, shape)
        writer.add_tensor(name, weights.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors(words: int) -> dict[str, tuple[int, ...]]:
    square = (_WIDTH, _WIDTH)
    block = {
        "attn_norm": (_WIDTH,), "attn_q": square, "attn_k": square, "attn_v": square, "attn_output": square,
        "ffn_norm": (_WIDTH,), "ffn_gate": (_HIDDEN, _WIDTH), "ffn_up": (_HIDDEN, _WIDTH),
        "ffn_down": (_WIDTH, _HIDDEN),
    }  # fmt: skip
    ends: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (words, _WIDTH), "output_norm.weight": (_WIDTH,), "output.weight": (words, _WIDTH),
    }  # fmt: skip
    return ends | {f"blk.0.{name}.weight": shape for name, shape in block.items()}
