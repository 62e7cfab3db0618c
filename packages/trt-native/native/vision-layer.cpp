#include "vision-layer.hpp"

namespace sam3 {

namespace {

constexpr int kHead = kVisionWidth / kVisionHeads;
/// 1 / sqrt(kHead) * log2(e): exponents are taken to the base of two.
constexpr float kScoreScale = 0.125f * 1.4426950408889634f;
constexpr int kQueryBlock = 192;
constexpr int kKeyBlock = 96;
constexpr int kRowBytes = 128;
constexpr std::size_t kAlign = 1024;

std::size_t aligned(std::size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

struct Workspace {
  std::size_t normed;
  std::size_t steps;
  std::size_t qkv;
  std::size_t attended;
  std::size_t hidden;
  std::size_t total;

  explicit Workspace(const LayerShape& shape) {
    const auto rows = static_cast<std::size_t>(shape.rows);
    normed = 0;
    steps = normed + aligned(rows * kVisionWidth * 2);
    qkv = steps + aligned(rows * sizeof(float));
    attended = qkv + aligned(rows * 3 * kVisionWidth * 2);
    hidden = attended + aligned(rows * kVisionWidth * 2);
    total = hidden + aligned(rows * static_cast<std::size_t>(shape.hidden) * 2);
  }
};

}  // namespace

const char* layerShapeMissing(const LayerShape& shape) {
  if (shape.rows <= 0 || shape.windowRows <= 0 || shape.rows % shape.windowRows != 0) return "rows must be whole windows";
  if (shape.windowRows % kQueryBlock != 0 || shape.windowRows % kKeyBlock != 0) return "a window must be blocks of 192 rows";
  if (shape.hidden <= 0 || shape.hidden % kRowBytes != 0) return "the hidden layer must be a multiple of 128 wide";
  return nullptr;
}

std::size_t layerWorkspaceBytes(const LayerShape& shape) { return Workspace(shape).total; }

Status runLayer(const VisionKernels& kernels, const LayerShape& shape, const LayerWeights& weights, const void* in,
                void* out, void* workspace, CUstream stream) {
  const Workspace at(shape);
  auto* base = static_cast<char*>(workspace);
  void* normed = base + at.normed;
  auto* steps = reinterpret_cast<float*>(base + at.steps);
  void* qkv = base + at.qkv;
  void* attended = base + at.attended;
  void* hidden = base + at.hidden;
  const Element element = shape.bytes ? Element::kByte : Element::kHalf;

  NormPlan norm;
  norm.rows = shape.rows;
  norm.epsilon = shape.epsilon;
  norm.in = in;
  norm.weight = weights.norm1Weight;
  norm.bias = weights.norm1Bias;
  norm.out = normed;
  norm.steps = steps;
  if (auto failed = kernels.norm(norm, element, stream)) return failed;

  LinearPlan plan;
  plan.rows = shape.rows;
  plan.columns = 3 * kVisionWidth;
  plan.rotaryRows = shape.windowRows;
  plan.rotaryColumns = 2 * kVisionWidth;
  plan.rotary = weights.rotary;
  plan.bias = weights.qkvBias;
  plan.rowScale = steps;
  plan.columnScale = weights.qkvScale;
  plan.out = qkv;
  if (auto failed = kernels.linear(plan, normed, weights.qkvWeight, kVisionWidth, element, Then::kRotate, stream))
    return failed;

  AttentionPlan attention;
  attention.windowRows = shape.windowRows;
  attention.heads = kVisionHeads;
  attention.scale = kScoreScale;
  attention.out = attended;
  if (auto failed = kernels.attention(attention, qkv, shape.rows, stream)) return failed;

  LinearPlan projection;
  projection.rows = shape.rows;
  projection.columns = kVisionWidth;
  projection.bias = weights.projectionBias;
  projection.residual = in;
  projection.out = out;
  if (auto failed = kernels.linear(projection, attended, weights.projectionWeight, kVisionWidth, Element::kHalf,
                                   Then::kResidual, stream))
    return failed;

  norm.in = out;
  norm.weight = weights.norm2Weight;
  norm.bias = weights.norm2Bias;
  if (auto failed = kernels.norm(norm, element, stream)) return failed;

  LinearPlan rising;
  rising.rows = shape.rows;
  rising.columns = shape.hidden;
  rising.bias = weights.hiddenBias;
  rising.rowScale = steps;
  rising.columnScale = weights.hiddenScale;
  rising.outScale = weights.geluScale;
  rising.outShift = weights.geluShift;
  rising.out = hidden;
  if (auto failed = kernels.linear(rising, normed, weights.hiddenWeight, kVisionWidth, element, Then::kGelu, stream))
    return failed;

  // In place: each number is read and written by one thread.
  LinearPlan falling;
  falling.rows = shape.rows;
  falling.columns = kVisionWidth;
  falling.bias = weights.outBias;
  falling.columnScale = weights.outScale;
  falling.residual = out;
  falling.out = out;
  return kernels.linear(falling, hidden, weights.outWeight, shape.hidden, element, Then::kResidual, stream);
}

}  // namespace sam3
