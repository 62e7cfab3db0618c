"""Runs each graph of a pack with onnxruntime on seeded inputs, beside transformers' own model, and says how far they differ.

usage: check.py PACK (--checkpoint FOLDER|FILE.pt | --hub OWNER/NAME | --tiny | --random) [--size 1008] [--gate 1e-4]
Each graph gets the inputs that transformers' model has at that place, so that a difference is its own. Ends with 1 when a
relative error (the norm of the difference by the norm of transformers' answer, in float32) is above the gate.
"""

import argparse
import gc
import json
import os
import pathlib
import sys

# Before transformers is imported: a folder or a seed needs no network, and asks none.
if "--hub" not in sys.argv:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from box_encoder import NO_BOX
from checkpoint import Checkpoint, add_source_arguments, load_checkpoint
from graphs import ANSWERS, FEATURES, TRACKED, TRACKS
from tracker_decoder import NO_POINT

# What rounding alone makes of the full model: float32 to about 1e-5, float16 to about 1e-2.
GATES = {"float32": 1e-4, "float16": 2e-2}
NUMPY_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64}

# Prompts of each kind: how many words, and boxes (centre and size, 0..1) with their labels.
PROMPTS = [
    (3, []),
    (3, [((0.4, 0.5, 0.3, 0.6), 1)]),
    (9, [((0.7, 0.2, 0.25, 0.08), 1), ((0.1, 0.9, 0.15, 0.2), 0), ((0.5, 0.5, 0.98, 0.97), 1)]),
]
# Points (as a share of the input's side) with their labels; 2 and 3 are the corners of a box.
POINTS = [
    [((0.3, 0.4), 1)],
    [((0.3, 0.4), 1), ((0.9, 0.1), 0), ((0.05, 0.8), 1)],
    [((0.2, 0.25), 2), ((0.6, 0.75), 3)],
    [((0.5, 0.5), 0), ((0.2, 0.25), 2), ((0.6, 0.75), 3)],
]


class Report:
    """Prints each comparison and remembers the worst one."""

    def __init__(self) -> None:
        self.worst = 0.0

    def compare(self, what: str, mine: np.ndarray, reference: Tensor) -> None:
        reference = reference.float().numpy().astype(np.float64)
        difference = mine.astype(np.float64).reshape(reference.shape) - reference
        # An answer that is not a number is as wrong as can be.
        relative = float(np.nan_to_num(np.linalg.norm(difference) / np.linalg.norm(reference), nan=np.inf))
        self.worst = max(self.worst, relative)
        print(f"{what:44} relative {relative:.2e}   largest {np.abs(difference).max():.2e}", flush=True)


def run(pack: pathlib.Path, name: str, inputs: dict[str, Tensor]) -> dict[str, np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Weights stay where they are instead of being copied into another layout: the full model has 3.4 GB of them.
    options.add_session_config_entry("session.disable_prepacking", "1")
    session = onnxruntime.InferenceSession(str(pack / name), options, providers=["CPUExecutionProvider"])
    fed = {item.name: inputs[item.name].numpy().astype(NUMPY_TYPES[item.type]) for item in session.get_inputs()}
    names = [item.name for item in session.get_outputs()]
    return dict(zip(names, session.run(names, fed), strict=True))


def check_text(report: Report, pack: pathlib.Path, part: dict, checkpoint: Checkpoint) -> tuple[Tensor, Tensor]:
    """Returns transformers' features and the mask, for the prompt decoder."""
    tokens = part["maxTokens"]
    random = np.random.RandomState(1)
    ids = torch.from_numpy(random.randint(1, part["padToken"], (len(PROMPTS), tokens)).astype(np.int64))
    mask = torch.tensor([[int(place < words) for place in range(tokens)] for words, _ in PROMPTS])
    features = checkpoint.detector.get_text_features(input_ids=ids, attention_mask=mask).pooler_output
    mine = run(pack, part["graphs"]["textEncoder"], {"input_ids": ids, "attention_mask": mask})["text_features"]
    for index, (words, _) in enumerate(PROMPTS):
        report.compare(f"text_features, {words} words", mine[index, :words], features[index, :words])
    return features, mask


def check_prompts(report: Report, pack: pathlib.Path, part: dict, checkpoint: Checkpoint, vision, text) -> None:
    features, mask = text
    slots = part["limits"]["boxSlots"]
    asked = [(words, boxes if slots > 0 else []) for words, boxes in PROMPTS]
    boxes = torch.zeros(len(asked), max(slots, 1), 4)
    labels = torch.full((len(asked), max(slots, 1)), NO_BOX)
    for index, (_, prompt) in enumerate(asked):
        for slot, (box, label) in enumerate(prompt):
            boxes[index, slot], labels[index, slot] = torch.tensor(box), label
    levels = dict(zip(FEATURES, vision.fpn_hidden_states, strict=False))
    prompts = {"text_features": features, "text_mask": mask, "boxes": boxes, "box_labels": labels}
    mine = run(pack, part["graphs"]["promptDecoder"], levels | prompts)
    for index, (words, prompt) in enumerate(asked):
        used = len(prompt)
        given = {"input_boxes": boxes[index : index + 1, :used], "input_boxes_labels": labels[index : index + 1, :used]}
        answer = checkpoint.detector(
            vision_embeds=vision,
            text_embeds=type(vision)(pooler_output=features[index : index + 1]),
            attention_mask=mask[index : index + 1],
            **(given if used else {}),
        )
        scores = answer.pred_logits.sigmoid() * answer.presence_logits.sigmoid()
        for name, reference in zip(ANSWERS, (answer.pred_boxes, scores, answer.pred_masks), strict=True):
            report.compare(f"{name}, {words} words and {used} boxes", mine[name][index], reference[0])


def check_points(report: Report, pack: pathlib.Path, part: dict, checkpoint: Checkpoint, tracks: list[Tensor]) -> None:
    side, slots = part["input"]["width"], part["limits"]["pointSlots"]
    points = torch.zeros(len(POINTS), slots, 2)
    labels = torch.full((len(POINTS), slots), NO_POINT)
    for index, prompt in enumerate(POINTS):
        for slot, (place, label) in enumerate(prompt):
            points[index, slot], labels[index, slot] = torch.tensor(place) * side, label
    inputs = dict(zip(TRACKS, tracks, strict=True)) | {"points": points, "point_labels": labels}
    mine = run(pack, part["graphs"]["trackerDecoder"], inputs)
    for index, prompt in enumerate(POINTS):
        free = [slot for slot, (_, label) in enumerate(prompt) if label < 2]
        corners = [slot for slot, (_, label) in enumerate(prompt) if label >= 2]
        given = {}
        if free:
            given |= {"input_points": points[None, index : index + 1, free], "input_labels": labels[None, index : index + 1, free]}
        if corners:
            given |= {"input_boxes": points[index, corners].reshape(1, 1, 4)}
        answer = checkpoint.tracker(image_embeddings=tracks, **given)
        references = (answer.pred_masks[0, 0], answer.iou_scores[0, 0], answer.object_score_logits[0, 0])
        for name, reference in zip(TRACKED, references, strict=True):
            report.compare(f"{name}, {len(free)} points and {len(corners) // 2} boxes", mine[name][index], reference)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=pathlib.Path)
    add_source_arguments(parser)
    parser.add_argument("--gate", type=float, help="largest relative error; 1e-4 for float32, 2e-2 for float16")
    arguments = parser.parse_args()
    part = json.loads((arguments.pack / "pack.json").read_text())["segmenter"]
    gate = arguments.gate or GATES[part["dtype"]]
    checkpoint = load_checkpoint(arguments)
    report = Report()
    side = part["input"]["width"]
    pixels = np.random.RandomState(0).uniform(-1, 1, (1, 3, side, side)).astype(np.float32)
    with torch.no_grad():
        text = check_text(report, arguments.pack, part, checkpoint)
        gc.collect()
        mine = run(arguments.pack, part["graphs"]["visionEncoder"], {"pixel_values": torch.from_numpy(pixels)})
        gc.collect()
        vision = checkpoint.detector.vision_encoder(torch.from_numpy(pixels))
        for name, reference in zip(FEATURES, vision.fpn_hidden_states, strict=False):
            report.compare(name, mine[name], reference)
        check_prompts(report, arguments.pack, part, checkpoint, vision, text)
        if "trackerDecoder" in part["graphs"]:
            tracks = checkpoint.tracker.get_image_embeddings(torch.from_numpy(pixels))
            for name, reference in zip(TRACKS, tracks, strict=True):
                report.compare(name, mine[name], reference)
            check_points(report, arguments.pack, part, checkpoint, tracks)
    passed = report.worst <= gate
    print(f"worst {report.worst:.2e}, gate {gate:.0e}: {'passed' if passed else 'FAILED'}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
