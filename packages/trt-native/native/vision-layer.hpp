// One transformer layer of the vision encoder as a row of kernels: norm, queries keys values with the rotary embedding,
// attention, projection with the residual, norm, hidden layer with GELU, output layer with the residual.
#pragma once

#include <cstddef>

#include "vision-kernels.hpp"

namespace sam3 {

constexpr int kVisionWidth = 1024;
constexpr int kVisionHeads = 16;

struct LayerShape {
  /// Tokens, those of a window next to each other.
  int rows = 0;
  /// Tokens that see each other: of one window, or all.
  int windowRows = 0;
  /// Numbers of the hidden layer.
  int hidden = 0;
  /// The large products in 8-bit integers.
  bool bytes = false;
  float epsilon = 0;
};

/// All in GPU memory; weights row by row of their outputs.
struct LayerWeights {
  const float* norm1Weight;
  const float* norm1Bias;
  const void* qkvWeight;
  const float* qkvBias;
  const void* rotary;
  const void* projectionWeight;
  const float* projectionBias;
  const float* norm2Weight;
  const float* norm2Bias;
  const void* hiddenWeight;
  const float* hiddenBias;
  const void* outWeight;
  const float* outBias;
  /// Only of bytes.
  const float* qkvScale;
  const float* hiddenScale;
  const float* outScale;
  const float* geluScale;
  const float* geluShift;
};

/// Null when the kernels can take this shape; else what does not fit.
const char* layerShapeMissing(const LayerShape& shape);
std::size_t layerWorkspaceBytes(const LayerShape& shape);
/// `in` and `out` are rows of kVisionWidth halves and may not overlap.
Status runLayer(const VisionKernels& kernels, const LayerShape& shape, const LayerWeights& weights, const void* in,
                void* out, void* workspace, CUstream stream);

}  // namespace sam3
