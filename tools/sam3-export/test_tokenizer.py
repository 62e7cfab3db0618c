"""The tokenizer's files are CLIP's kind, and say nothing of how the one who saved them had padded."""

import json

from tiny_model import TOKENS
from tiny_tokenizer import END, START, save_tokenizer, tiny_tokenizer


def test_a_tokenizer_that_has_padded_is_saved_without_padding(tmp_path):
    tokenizer = tiny_tokenizer(TOKENS)
    tokenizer("a red car", padding="max_length", max_length=TOKENS, truncation=True)
    save_tokenizer(tokenizer, tmp_path)
    saved = json.loads((tmp_path / "tokenizer.json").read_text())
    assert (saved["padding"], saved["truncation"]) == (None, None)


def test_words_are_cut_by_the_learned_merges_between_start_and_end():
    tokens = tiny_tokenizer(TOKENS).tokenize("A red Zebra's")
    assert tokens[:2] == ["a</w>", "red</w>"]
    assert tokens[-2:] == ["'", "s</w>"]
    assert len(tokens) > 4
    ids = tiny_tokenizer(TOKENS)("red")["input_ids"]
    assert tiny_tokenizer(TOKENS).convert_ids_to_tokens(ids) == [START, "red</w>", END]
