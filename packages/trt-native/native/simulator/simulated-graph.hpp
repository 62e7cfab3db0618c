// What the simulated TensorRT reads as "ONNX" and writes as "plan": lines of text. One kernel: every output value is the
// input value at its place times `scale`.
//
//   simulated
//   input x float32 -1 16        free sizes are -1
//   output y float32 -1 16       takes its free sizes from the first input
//   range x 1 16 4 16 8 16       in plans: min, opt, max
//   scale 2
//   steps 5                      progress steps of a build
//   context 1000                 bytes of each context
//   sleep 3                      milliseconds that a run takes
//   fail build | fail run        what TensorRT refuses
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "NvInfer.h"

namespace simulator {

struct GraphTensor {
  std::string name;
  nvinfer1::DataType type;
  bool isInput;
  nvinfer1::Dims dims;
};

struct GraphRange {
  nvinfer1::Dims shapes[3];
};

struct Graph {
  std::vector<GraphTensor> tensors;
  std::map<std::string, GraphRange> ranges;
  double scale = 1;
  int steps = 1;
  long long contextBytes = 0;
  int sleepMs = 0;
  std::string fail;

  const GraphTensor* find(const std::string& name) const {
    for (const GraphTensor& tensor : tensors) {
      if (tensor.name == name) return &tensor;
    }
    return nullptr;
  }
};

inline nvinfer1::Dims readDims(std::istringstream& line, int count) {
  nvinfer1::Dims dims{};
  for (long long dim = 0; (count < 0 || dims.nbDims < count) && line >> dim;) dims.d[dims.nbDims++] = dim;
  return dims;
}

inline std::optional<Graph> parseGraph(const std::string& text) {
  static const std::map<std::string, nvinfer1::DataType> kTypes = {{"float32", nvinfer1::DataType::kFLOAT},
                                                                   {"int64", nvinfer1::DataType::kINT64},
                                                                   {"uint8", nvinfer1::DataType::kUINT8}};
  std::istringstream lines(text);
  std::string line;
  if (!std::getline(lines, line) || line != "simulated") return std::nullopt;
  Graph graph;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key == "input" || key == "output") {
      std::string name;
      std::string type;
      words >> name >> type;
      if (kTypes.count(type) == 0) return std::nullopt;
      graph.tensors.push_back({name, kTypes.at(type), key == "input", readDims(words, -1)});
    } else if (key == "range") {
      std::string name;
      words >> name;
      const GraphTensor* tensor = graph.find(name);
      if (!tensor) return std::nullopt;
      GraphRange range{};
      for (nvinfer1::Dims& shape : range.shapes) shape = readDims(words, tensor->dims.nbDims);
      graph.ranges[name] = range;
    } else if (key == "scale") {
      words >> graph.scale;
    } else if (key == "steps") {
      words >> graph.steps;
    } else if (key == "context") {
      words >> graph.contextBytes;
    } else if (key == "sleep") {
      words >> graph.sleepMs;
    } else if (key == "fail") {
      words >> graph.fail;
    }
  }
  return graph;
}

}  // namespace simulator
