"""One graph through TensorRT from Python: build, error against the reference, time, and where the time goes.

usage: sam3_bench.py MODELS NAME GRAPH [LEVEL=3] [PROMPTS=1]     NAME/GRAPH.onnx under MODELS; plans stay beside the graph
"""

import collections
import ctypes
import json
import os
import pathlib
import statistics
import sys
import time

# Known to all: the plugin looks its registry up there.
ctypes.CDLL("libnvinfer.so.10", mode=ctypes.RTLD_GLOBAL)

import tensorrt_bindings as trt
import torch

RUNS = int(os.environ.get("SAM3_RUNS", "50"))
TYPES = {
    trt.float32: torch.float32,
    trt.float16: torch.float16,
    trt.int64: torch.int64,
    trt.int32: torch.int32,
    trt.bool: torch.bool,
}


class Profile(trt.IProfiler):
    def __init__(self) -> None:
        super().__init__()
        self.times: collections.Counter = collections.Counter()

    def report_layer_time(self, name: str, ms: float) -> None:
        self.times[name] += ms


def build(logger: trt.Logger, graph: pathlib.Path, level: int, shapes: dict) -> bytes:
    builder = trt.Builder(logger)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = trt.OnnxParser(network, logger)
    if not parser.parse_from_file(str(graph)):
        raise SystemExit("\n".join(str(parser.get_error(i)) for i in range(parser.num_errors)))
    config = builder.create_builder_config()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, 16 << 30)
    config.builder_optimization_level = level
    config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
    if shapes:
        profile = builder.create_optimization_profile()
        for i in range(network.num_inputs):
            tensor = network.get_input(i)
            if -1 in tuple(tensor.shape):
                sized = [tuple(n if s == -1 else s for s in tensor.shape) for n in shapes]
                profile.set_shape(tensor.name, *sized)
        config.add_optimization_profile(profile)
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise SystemExit("no plan")
    return bytes(plan)


def timed(run, stream) -> float:
    for _ in range(10):
        run()
    torch.cuda.synchronize()
    times = []
    for _ in range(RUNS):
        begin, end = torch.cuda.Event(True), torch.cuda.Event(True)
        begin.record(stream)
        run()
        end.record(stream)
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end))
    return statistics.median(times)


def main() -> None:
    models, name, graph = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    level = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    prompts = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    logger = trt.Logger(trt.Logger.WARNING)
    torch.cuda.init()
    layers = os.environ.get("SAM3_LAYERS")
    if layers:
        failed = ctypes.CDLL(layers, mode=ctypes.RTLD_GLOBAL).sam3RegisterLayers
        failed.restype = ctypes.c_char_p
        reason = failed()
        if reason:
            raise SystemExit(reason.decode())
    path = models / name / f"{graph}.onnx"
    plan_path = path.with_suffix(f".{level}.{prompts}.plan")
    began = time.monotonic()
    if not plan_path.exists():
        plan_path.write_bytes(build(logger, path, level, [prompts] * 3))
    built = time.monotonic() - began
    engine = trt.Runtime(logger).deserialize_cuda_engine(plan_path.read_bytes())
    context = engine.create_execution_context()
    stream = torch.cuda.Stream()
    reference = torch.load(models / "reference.pt")
    tensors = {}
    for i in range(engine.num_io_tensors):
        tensor = engine.get_tensor_name(i)
        shape = [prompts if size == -1 else size for size in engine.get_tensor_shape(tensor)]
        if engine.get_tensor_mode(tensor) == trt.TensorIOMode.INPUT:
            context.set_input_shape(tensor, shape)
            value = reference.get(tensor, torch.zeros(shape))
            value = value[: shape[0]] if value.shape[0] > shape[0] else value
            tensors[tensor] = value.reshape(shape).to("cuda", TYPES[engine.get_tensor_dtype(tensor)]).contiguous()
        else:
            tensors[tensor] = torch.full(shape, float("nan"), device="cuda").to(TYPES[engine.get_tensor_dtype(tensor)])
        context.set_tensor_address(tensor, tensors[tensor].data_ptr())

    def run() -> None:
        if not context.execute_async_v3(stream.cuda_stream):
            raise SystemExit("the run failed")

    with torch.cuda.stream(stream):
        plain = timed(run, stream)
        errors = {}
        for i in range(engine.num_io_tensors):
            tensor = engine.get_tensor_name(i)
            if engine.get_tensor_mode(tensor) == trt.TensorIOMode.OUTPUT:
                expected = reference[tensor][:prompts].cuda().double()
                got = tensors[tensor][: expected.shape[0]].double()
                errors[tensor] = float(f"{(got - expected).norm() / expected.norm():.2e}")
        recorded = torch.cuda.CUDAGraph()
        with torch.cuda.graph(recorded, stream=stream):
            run()
        replayed = timed(recorded.replay, stream)
    result = {
        "name": name, "graph": graph, "level": level, "prompts": prompts, "build_s": round(built, 1),
        "plain_ms": round(plain, 3), "replayed_ms": round(replayed, 3), "relative_errors": errors,
        "plan_mb": round(plan_path.stat().st_size / 2**20),
    }
    print(json.dumps(result), flush=True)
    if os.environ.get("SAM3_PROFILE"):
        profile = Profile()
        context.profiler = profile
        for _ in range(10):
            run()
            torch.cuda.synchronize()
        print("profiled total", round(sum(profile.times.values()) / 10, 3))
        for layer, ms in profile.times.most_common(int(os.environ["SAM3_PROFILE"])):
            print(round(ms / 10, 4), layer[:150])
    out = os.environ.get("OUT")
    if out:
        with open(f"{out}/sam3-python.jsonl", "a") as file:
            file.write(json.dumps(result) + "\n")


main()
