"""The plan of the case `stack` in Python: the same copies and CUDA graph as ours, timed for comparison.

usage: bench_python.py PLAN MODELS OUT
"""

import json
import os
import sys
import time

import numpy as np
import tensorrt_bindings as trt
import torch

plan, models, out = sys.argv[1:]
WARM_UP, ROUNDS = 10, 100
logger = trt.Logger(trt.Logger.ERROR)
engine = trt.Runtime(logger).deserialize_cuda_engine(open(plan, "rb").read())
context = engine.create_execution_context()
stream = torch.cuda.Stream()
frame = torch.from_numpy(np.fromfile(os.path.join(models, "stack.x.bin"), np.float32).reshape(1, 4032, 756))
pinned_in, pinned_out = frame.pin_memory(), torch.empty((1, 1024)).pin_memory()
x, y = torch.empty_like(frame, device="cuda"), torch.empty((1, 1024), device="cuda")
context.set_tensor_address("x", x.data_ptr())
context.set_tensor_address("y", y.data_ptr())


def timed(compute):
    wall, gpu = [], []
    with torch.cuda.stream(stream):
        for round_ in range(WARM_UP + ROUNDS):
            begun, computed = torch.cuda.Event(True), torch.cuda.Event(True)
            started = time.perf_counter()
            x.copy_(pinned_in, non_blocking=True)
            begun.record(stream)
            compute()
            computed.record(stream)
            pinned_out.copy_(y, non_blocking=True)
            stream.synchronize()
            result = pinned_out.numpy().copy()
            if round_ >= WARM_UP:
                wall.append((time.perf_counter() - started) * 1e3)
                gpu.append(begun.elapsed_time(computed))
    assert np.isfinite(result).all()
    return round(float(np.median(wall)), 4), round(float(np.median(gpu)), 4)


def enqueue():
    context.execute_async_v3(stream.cuda_stream)


plain = timed(enqueue)
graph = torch.cuda.CUDAGraph()
with torch.cuda.graph(graph, stream=stream):
    enqueue()
replayed = timed(graph.replay)
rows = [
    {"what": "Python, page-locked, no graph", "latency ms": plain[0], "of it GPU ms": plain[1]},
    {"what": "Python, page-locked, graph", "latency ms": replayed[0], "of it GPU ms": replayed[1]},
]
json.dump(rows, open(os.path.join(out, "bench-python.json"), "w"), indent=1)
print(rows, flush=True)
