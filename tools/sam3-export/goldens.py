"""What transformers' own processor and model answer on the tiny SAM3: the answers that tests hold our pipeline to.

usage: goldens.py PICTURES OUT   (PICTURES: a folder of PNG files; writes OUT/goldens.json and OUT/<picture>.resized.png)
Nothing of this tool's graphs is used here: prompts go through Sam3Processor, Sam3Model and its post-processing, points
through Sam3TrackerProcessor, Sam3TrackerModel and theirs, each prompt alone.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch
import transformers
from PIL import Image
from transformers import Sam3ImageProcessor, Sam3Processor, Sam3TrackerProcessor

from tiny_model import SIDE, TOKENS, tiny_models
from tiny_tokenizer import tiny_tokenizer

SEED = 0
# Scores above which an answer is kept: the default of transformers' post-processing.
THRESHOLD = 0.3
# Masks that are written of a prompt: those of its best answers. All of them would be megabytes of text.
MASKS_MAX = 3
# Texts that try the tokenizer: cases, marks, numbers, other scripts, emoji, spaces, and what is in no merge.
TEXTS = [
    "person",
    "A red car, parked near the bridge!",
    "visual",
    "the cyclist's 2 wheels",
    "  white   van\n ",
    "Überholverbot naïve café",
    "横断歩道 зебра 🚲",
    "x",
]
BOXES = [[30.0, 40.0, 110.0, 130.0], [120.5, 20.25, 160.75, 90.0], [5.0, 100.0, 60.0, 150.0]]


def prompt(text: str, boxes: int = 0, labels: list[int] | None = None) -> dict:
    return {"text": text, "boxes": BOXES[:boxes], "labels": labels or [1] * boxes}


# Each case is one picture and the prompts that one call of the decoder answers.
CASES = {
    "one text": [prompt("person")],
    "a long text": [prompt("A red car, parked near the bridge!")],
    "one box": [prompt("visual", 1)],
    "boxes for and against": [prompt("visual", 3, [1, 0, 1])],
    "a text with a box": [prompt("white van", 1)],
    "several prompts of all kinds": [
        prompt("person"),
        prompt("visual", 1),
        prompt("bicycle", 2, [1, 0]),
        prompt("横断歩道 зебра 🚲"),
        prompt("visual", 3, [0, 1, 1]),
    ],
}
POINT_CASES = {
    "one point": [{"points": [[60.0, 70.0]], "labels": [1]}],
    "points on and off": [{"points": [[60.0, 70.0], [130.5, 20.0], [10.0, 120.25]], "labels": [1, 0, 1]}],
    "a box": [{"points": [], "labels": [], "box": [30.0, 40.0, 110.0, 130.0]}],
    "a box and a point off": [{"points": [[70.0, 80.0]], "labels": [0], "box": [30.0, 40.0, 110.0, 130.0]}],
    "several prompts": [
        {"points": [[60.0, 70.0]], "labels": [1]},
        {"points": [[20.0, 20.0], [40.0, 30.0]], "labels": [1, 1]},
        {"points": [], "labels": [], "box": [50.0, 20.0, 70.0, 160.0]},
    ],
}


def numbers(tensor: torch.Tensor) -> list:
    """Nested lists with the seven digits that a float32 has."""
    return json.loads(json.dumps(tensor.tolist()), parse_float=lambda text: float(f"{float(text):.7g}"))


def runs(mask: np.ndarray) -> list[int]:
    """COCO's uncompressed run lengths: column by column, the zeros first."""
    flat = np.concatenate([[0], mask.astype(np.uint8).flatten(order="F"), [2]])
    ends = np.flatnonzero(np.diff(flat))
    # A mask that begins with a one has no zeros first; the sentinel in front says so.
    return np.diff(np.concatenate([[0], ends])).astype(int).tolist()


def picture_answers(name: str, encoded: dict, folder: pathlib.Path) -> dict:
    pixels = encoded["pixel_values"][0]
    levels = ((pixels * 0.5 + 0.5) * 255).numpy()
    whole = np.rint(levels).astype(np.uint8)
    if np.abs(levels - whole).max() > 1e-3:
        raise ValueError("the processor no longer resizes in whole levels")
    Image.fromarray(whole.transpose(1, 2, 0)).save(folder / f"{pathlib.Path(name).stem}.resized.png")
    height, width = encoded["original_sizes"][0].tolist()
    return {
        "file": name,
        "width": width,
        "height": height,
        "resized": f"{pathlib.Path(name).stem}.resized.png",
        "pixelValues": {"mean": float(f"{pixels.mean():.7g}"), "std": float(f"{pixels.std():.7g}"),
                        "row60": numbers(pixels[:, 60, :24])},
    }


def prompt_answers(detector, processor: Sam3Processor, picture: Image.Image, asked: dict) -> dict:
    boxes = {"input_boxes": [asked["boxes"]], "input_boxes_labels": [asked["labels"]]} if asked["boxes"] else {}
    inputs = processor(images=picture, text=asked["text"], return_tensors="pt", **boxes)
    sizes = inputs.pop("original_sizes").tolist()
    answer = detector(**inputs)
    found = processor.post_process_instance_segmentation(answer, threshold=THRESHOLD, target_sizes=sizes)[0]
    scores = answer.pred_logits.sigmoid() * answer.presence_logits.sigmoid()
    best = found["scores"].argsort(descending=True)[:MASKS_MAX].sort().values.tolist()
    # Of the raw masks a few rows: they are large, and the cut ones below follow from them.
    sides = answer.pred_masks.shape[-1]
    return {
        **asked,
        "raw": {
            "scores": numbers(scores[0]),
            "boxes": numbers(answer.pred_boxes[0]),
            "presence": numbers(answer.presence_logits[0]),
            "maskRow": {"row": sides // 2, "values": numbers(answer.pred_masks[0, :4, sides // 2])},
        },
        "found": {
            "scores": numbers(found["scores"]),
            "boxes": numbers(found["boxes"]),
            "masks": [{"index": index, "runs": runs(found["masks"][index].numpy())} for index in best],
        },
    }


def point_answers(tracker, processor: Sam3TrackerProcessor, picture: Image.Image, asked: dict) -> dict:
    given = {}
    if asked["points"]:
        given |= {"input_points": [[asked["points"]]], "input_labels": [[asked["labels"]]]}
    if "box" in asked:
        given |= {"input_boxes": [[asked["box"]]]}
    inputs = processor(images=picture, return_tensors="pt", **given)
    sizes = inputs.pop("original_sizes")
    answer = tracker(**inputs)
    masks = processor.post_process_masks(answer.pred_masks, sizes)[0][0]
    sides = answer.pred_masks.shape[-1]
    return {
        **asked,
        "iouScores": numbers(answer.iou_scores[0, 0]),
        "objectScore": numbers(answer.object_score_logits[0, 0])[0],
        "maskRow": {"row": sides // 2, "values": numbers(answer.pred_masks[0, 0, :, sides // 2])},
        "masks": [runs(mask.numpy()) for mask in masks],
    }


def main(pictures: pathlib.Path, out: pathlib.Path) -> None:
    tokenizer = tiny_tokenizer(TOKENS)
    detector, tracker = tiny_models(len(tokenizer), SEED)
    images = Sam3ImageProcessor(size={"height": SIDE, "width": SIDE})
    processor = Sam3Processor(images, tokenizer)
    points = Sam3TrackerProcessor(images)
    tokens = tokenizer(TEXTS, padding="max_length", max_length=TOKENS)
    answers = {
        "transformers": transformers.__version__,
        "threshold": THRESHOLD,
        "texts": [
            {"text": text, "inputIds": ids, "attentionMask": mask}
            for text, ids, mask in zip(TEXTS, tokens["input_ids"], tokens["attention_mask"], strict=True)
        ],
        "pictures": [],
    }
    with torch.no_grad():
        for path in sorted(pictures.glob("*.png")):
            picture = Image.open(path).convert("RGB")
            encoded = images(picture, return_tensors="pt")
            answers["pictures"].append(
                {
                    **picture_answers(path.name, encoded, out),
                    "cases": [
                        {"name": name, "prompts": [prompt_answers(detector, processor, picture, one) for one in asked]}
                        for name, asked in CASES.items()
                    ],
                    "pointCases": [
                        {"name": name, "prompts": [point_answers(tracker, points, picture, one) for one in asked]}
                        for name, asked in POINT_CASES.items()
                    ],
                }
            )
    (out / "goldens.json").write_text(json.dumps(answers, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
