"""What PyTorch takes for the same vision encoder: transformers' own in float16, its attention fused, as it is and compiled."""

import json
import os
import statistics

import torch
from transformers import Sam3Config, Sam3Model

RUNS = 50
WARM_UP = 8


def timed(work) -> float:
    for _ in range(WARM_UP):
        work()
    times = []
    for _ in range(RUNS):
        begin, end = torch.cuda.Event(True), torch.cuda.Event(True)
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end))
    return round(statistics.median(times), 3)


torch.manual_seed(0)
with torch.device("cuda"):
    encoder = Sam3Model._from_config(Sam3Config(), attn_implementation="sdpa").eval().half().vision_encoder
    pixels = torch.randn(1, 3, 1008, 1008, dtype=torch.float16)
with torch.inference_mode():
    result = {"torch_eager_vision_ms": timed(lambda: encoder(pixels))}
    compiled = torch.compile(encoder, dynamic=False)
    result["torch_compile_vision_ms"] = timed(lambda: compiled(pixels))
print(json.dumps(result), flush=True)
if os.environ.get("OUT"):
    with open(f"{os.environ['OUT']}/sam3-torch.json", "w") as file:
        json.dump(result, file)
