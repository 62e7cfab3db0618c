"""SAM3 of the real architecture with random weights, on the GPU host: graphs for TensorRT and what transformers answers.

usage: sam3_models.py TOOLS OUT [NAME...]     TOOLS: tools/sam3-export; NAME of: plain fused bytes decoder hills boxes text

Random weights are those of transformers' own initialisation with the seed 0. References are computed in float32 without
TF32. Writes OUT/NAME/*.onnx and OUT/reference.pt.
"""

import copy
import json
import pathlib
import sys
import time

sys.path.insert(0, sys.argv[1])

import numpy as np
import torch
from transformers import Sam3Config, Sam3Model
from transformers.models.sam3.modeling_sam3 import Sam3VisionEncoderOutput
from transformers.modeling_outputs import BaseModelOutputWithPooling

import fused_layers
from fused_decoder import fuse_decoder
import graphs
from onnx_file import GraphFile, write_graph
from vision_encoder import VisionEncoder

HALF = torch.float16
PICTURES = 3


def picture(seed: int, side: int) -> torch.Tensor:
    """Soft blobs and fine noise, normalised as the processor does."""
    draw = torch.Generator(device="cuda").manual_seed(seed)
    coarse = torch.rand(1, 3, 24, 24, generator=draw, device="cuda")
    soft = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic")
    noise = torch.randn(1, 3, side, side, generator=draw, device="cuda") * 0.05
    return ((soft + noise).clamp(0, 1) - 0.5) / 0.5


class Hills(torch.nn.Module):
    """A decoder whose masks are round hills, one a query, with a little of the decoder's own.

    Masks of random weights are noise, whose outlines are far longer than those of things.
    """

    def __init__(self, decoder: torch.nn.Module, queries: int, side: int) -> None:
        super().__init__()
        self.decoder = decoder
        draw = torch.Generator().manual_seed(5)
        centre = torch.rand(2, queries, 1, generator=draw) * 0.8 + 0.1
        radius = torch.rand(queries, 1, generator=draw) * 0.15 + 0.05
        line = (torch.arange(side) + 0.5) / side
        self.hill_rows = torch.nn.Parameter((radius**2 - (line - centre[0]) ** 2)[:, :, None] * 100, requires_grad=False)
        self.hill_columns = torch.nn.Parameter((-((line - centre[1]) ** 2))[:, None, :] * 100, requires_grad=False)

    def forward(self, *given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        boxes, scores, masks = self.decoder(*given)
        return boxes, scores, masks * 0.001 + (self.hill_rows + self.hill_columns)


def main() -> None:
    out = pathlib.Path(sys.argv[2])
    names = sys.argv[3:] or ["plain", "fused", "bytes", "decoder", "hills", "text"]
    torch.set_default_device("cuda")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(0)
    began = time.monotonic()

    def tell(what: str) -> None:
        torch.cuda.synchronize()
        print(f"{time.monotonic() - began:6.1f} s {what}", flush=True)

    detector = Sam3Model._from_config(Sam3Config(), attn_implementation="sdpa").eval()
    side = graphs.Sizes.of(detector).side
    tell("model")
    x = picture(100, side).half().float()
    ids = torch.randint(1, 49000, (8, 32))
    mask = torch.ones_like(ids)
    with torch.no_grad():
        seen = detector.vision_encoder(x)
        text = detector.get_text_features(input_ids=ids, attention_mask=mask).pooler_output
        answers = detector(
            vision_embeds=Sam3VisionEncoderOutput(
                fpn_hidden_states=seen.fpn_hidden_states, fpn_position_encoding=seen.fpn_position_encoding
            ),
            text_embeds=BaseModelOutputWithPooling(pooler_output=text[:1]),
            attention_mask=mask[:1],
        )
    score = answers.pred_logits.sigmoid() * answers.presence_logits.sigmoid()
    out.mkdir(parents=True, exist_ok=True)
    reference = {
        "pixel_values": x.half(),
        **{f"fpn_{i}": level for i, level in enumerate(seen.fpn_hidden_states[:3])},
        "input_ids": ids,
        "attention_mask": mask,
        "text_features": text,
        "text_mask": mask,
        "pred_boxes": answers.pred_boxes,
        "pred_scores": score,
        "pred_masks": answers.pred_masks,
    }
    torch.save({name: value.cpu() for name, value in reference.items()}, out / "reference.pt")
    (out / "words.json").write_text(json.dumps({"text_features": text[0].half().float().flatten().tolist()}))
    tell("references")
    shape = (1, 3, side, side)
    ranges = None
    if "bytes" in names:
        pictures = [picture(seed, side) for seed in range(PICTURES)]
        ranges = [tuple(limit.cuda() for limit in pair) for pair in fused_layers.hidden_ranges(detector.vision_encoder.backbone, pictures)]
        tell("ranges")
    for name in names:
        folder = out / name
        folder.mkdir(exist_ok=True)
        if name in ("plain", "fused", "bytes"):
            module = VisionEncoder(detector, None).eval()
            if name != "plain":
                fused_layers.fuse(module, detector.vision_encoder.backbone, ranges if name == "bytes" else None)
            # A copy: the neck's modules are the detector's own.
            module = copy.deepcopy(module).to(HALF)
            inputs = {"pixel_values": torch.zeros(shape, dtype=HALF)}
            write_graph(GraphFile("vision-encoder", module, inputs, graphs.FEATURES), folder)
        else:
            # These build their tables on the CPU.
            with torch.device("cpu"):
                own = copy.deepcopy(detector).cpu()
                limits = graphs.Limits(box_slots=0 if name in ("decoder", "hills") else graphs.Limits.box_slots)
                made = graphs.text_encoder(own, HALF) if name == "text" else graphs.prompt_decoder(own, limits, HALF)
                if name != "text":
                    fuse_decoder(made.module)
                if name == "hills":
                    side = 4 * made.module.grid
                    made.module = Hills(made.module, graphs.Sizes.of(own).queries, side).half()
                write_graph(made, folder)
        tell(name)


main()
