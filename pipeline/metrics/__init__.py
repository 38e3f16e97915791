"""The figures: how good (`quality`), how fast (`operations`)."""
