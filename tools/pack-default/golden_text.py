"""What the text encoder must answer: token ids by the reference tokenizer, vectors by BERT written out in float64 numpy.

Knows nothing of the ONNX graph, so that a fault in the graph or its quantisation shows. The sentences cover what people
type and what the device writes, and scripts, accents, emoji and lengths that tokenizers differ on.
usage: golden_text.py MODEL_FOLDER sentences.json
"""

import base64
import json
import math
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

MAX_TOKENS = 256
SENTENCES = [
    "a person in a red jacket",
    "a man in a crimson coat walking to the left",
    "white van",
    "a white delivery truck parked at the kerb",
    "red car",
    "crimson automobile",
    "someone riding a bicycle",
    "a dog",
    "an elephant in the zoo",
    "That is a happy person",
    "That is a very happy person",
    "Today is a sunny day",
    "PERSON IN BLUE, running!!!",
    "naïve café owner's résumé — 50 % off",
    "don't stop: it's 3:45pm (approx.)",
    "antidisestablishmentarianism",
    "xqzjvkw",
    "一个穿红色外套的人",
    "赤いジャケットを着た人",
    "빨간 재킷을 입은 사람",
    "شخص يرتدي سترة حمراء",
    "Человек в красной куртке",
    "लाल जैकेट में एक व्यक्ति",
    "a person 🚶‍♀️ with a red 🧥 and a 🐶",
    "tab\tand\nnewline and\u00a0nbsp and zero\u200bwidth",
    "e\u0301 combining against é composed",
    "[CLS] [SEP] [MASK] written by a person",
    "",
    "a very long description " * 80,
]


def layer_norm(x, weights, prefix, epsilon):
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + epsilon)
    return scaled * weights[prefix + ".weight"] + weights[prefix + ".bias"]


def linear(x, weights, prefix):
    return x @ weights[prefix + ".weight"].T + weights[prefix + ".bias"]


def gelu(x):
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def encode(weights, config, ids):
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)] + weights["embeddings.token_type_embeddings.weight"][0]
    x = layer_norm(x, weights, "embeddings.LayerNorm", epsilon)
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}"
        q, k, v = (
            linear(x, weights, f"{at}.attention.self.{part}").reshape(len(ids), heads, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = q @ k.swapaxes(1, 2) / math.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True) @ v).swapaxes(0, 1).reshape(len(ids), -1)
        x = layer_norm(x + linear(mixed, weights, f"{at}.attention.output.dense"), weights, f"{at}.attention.output.LayerNorm", epsilon)
        wide = gelu(linear(x, weights, f"{at}.intermediate.dense"))
        x = layer_norm(x + linear(wide, weights, f"{at}.output.dense"), weights, f"{at}.output.LayerNorm", epsilon)
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


if __name__ == "__main__":
    folder, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    weights = {name: value.astype(np.float64) for name, value in load_file(folder / "model.safetensors").items()}
    config = json.loads((folder / "config.json").read_text())
    lines = []
    for text in SENTENCES:
        ids = tokenizer.encode(text).ids
        vector = encode(weights, config, ids).astype("<f2")
        entry = {"text": text, "ids": ids, "vectorF16": base64.b64encode(vector.tobytes()).decode()}
        lines.append(json.dumps(entry, ensure_ascii=True))
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(len(lines), "sentences")
