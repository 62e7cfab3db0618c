"""pack.json of a SAM3 pack: what packages/models/src/pack/pack-manifest.ts reads."""

import hashlib
import json
import pathlib
from dataclasses import dataclass

from graphs import Limits, Sizes

# Confidence above which transformers' own video model starts a track is .7, above which it keeps a detection .5.
TRACK_THRESHOLD = 0.5
MASK_THRESHOLD = 0.5
READ_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Origin:
    """Where the weights come from, as people are to read it."""

    pack: str
    version: str
    title: str
    source: str
    licence: str
    tokenizer_licence: str
    recipe: str


def sha256_of(path: pathlib.Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _file(folder: pathlib.Path, name: str, origin: Origin) -> dict:
    path = folder / name
    tokenizer = name.startswith("tokenizer")
    return {
        "path": name,
        "sha256": sha256_of(path),
        "bytes": path.stat().st_size,
        "licence": origin.tokenizer_licence if tokenizer else origin.licence,
        "source": origin.source,
        "recipe": "saved by transformers, without padding and cutting" if tokenizer and "tiny" not in origin.pack else origin.recipe,
    }


def write_pack(
    folder: pathlib.Path, files: list[str], origin: Origin, sizes: Sizes, limits: Limits, dtype: str, pad_token: int
) -> None:
    """Writes pack.json for the files of the folder."""
    graphs = {
        "visionEncoder": "vision-encoder.onnx",
        "textEncoder": "text-encoder.onnx",
        "promptDecoder": "prompt-decoder.onnx",
    }
    if "tracker-decoder.onnx" in files:
        graphs["trackerDecoder"] = "tracker-decoder.onnx"
    half = [0.5, 0.5, 0.5]
    manifest = {
        "schema": 1,
        "id": origin.pack,
        "version": origin.version,
        "title": origin.title,
        "files": [_file(folder, name, origin) for name in files],
        "detector": None,
        "textEncoder": None,
        "imageEncoder": None,
        "segmenter": {
            "kind": "sam3",
            "graphs": graphs,
            "tokenizer": "tokenizer.json",
            "tokenizerConfig": "tokenizer_config.json",
            "maxTokens": sizes.tokens,
            "padToken": pad_token,
            "dtype": dtype,
            "input": {"width": sizes.side, "height": sizes.side, "channels": "rgb", "mean": half, "std": half},
            "shape": {
                "grid": sizes.grid,
                "channels": sizes.channels,
                "queries": sizes.queries,
                "mask": 4 * sizes.grid,
            },
            "limits": {
                "prompts": limits.prompts,
                "boxSlots": limits.box_slots,
                "pointSlots": limits.point_slots if "trackerDecoder" in graphs else 0,
            },
            "thresholds": {"track": TRACK_THRESHOLD, "mask": MASK_THRESHOLD},
        },
    }
    (folder / "pack.json").write_text(json.dumps(manifest, indent=2) + "\n")
