// The kernels of the vision encoder on this process's GPU: loaded once, launched on the caller's stream. Only Hopper has
// the instructions they are written in; elsewhere load() says so, and graphs without them are to be used.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kernel-module.hpp"

namespace sam3 {

/// A CUtensorMap of the driver.
struct alignas(64) TensorMap {
  std::uint64_t opaque[16];
};

enum class Element : int { kByte, kHalf };

/// Twin of that in vision-kernels/linear.cu.
struct LinearPlan {
  int steps = 0;
  int rows = 0;
  int columns = 0;
  int rowTiles = 0;
  int tiles = 0;
  int rotaryRows = 1;
  int rotaryColumns = 0;
  const float* bias = nullptr;
  const void* rotary = nullptr;
  const void* residual = nullptr;
  const float* rowScale = nullptr;
  const float* columnScale = nullptr;
  const float* outScale = nullptr;
  const float* outShift = nullptr;
  void* out = nullptr;
};

/// Twin of that in vision-kernels/attention.cu.
struct AttentionPlan {
  int windowRows = 0;
  int heads = 0;
  float scale = 0;
  void* out = nullptr;
};

/// Twin of that in vision-kernels/norm.cu.
struct NormPlan {
  int rows = 0;
  float epsilon = 0;
  const void* in = nullptr;
  const float* weight = nullptr;
  const float* bias = nullptr;
  void* out = nullptr;
  float* steps = nullptr;
};

/// What a linear layer does with its results.
enum class Then : int { kRotate, kGelu, kResidual };

class VisionKernels {
 public:
  /// The kernels of this process, loaded once from `folder` (machine code, or source for NVRTC); libraries are looked for in
  /// `libraryDir` first.
  static Result<const VisionKernels*> load(const std::string& folder, const std::string& libraryDir);

  Status norm(const NormPlan& plan, Element out, CUstream stream) const;
  /// `inner` numbers a row of `input` and `weight`; rows, columns and what belongs to `then` must be set in `plan`.
  Status linear(LinearPlan plan, const void* input, const void* weight, int inner, Element element, Then then,
                CUstream stream) const;
  /// `rows` of queries, keys and values side by side.
  Status attention(const AttentionPlan& plan, const void* input, int rows, CUstream stream) const;

 private:
  using EncodeTiled = CUresult (*)(TensorMap*, int, unsigned, void*, const std::uint64_t*, const std::uint64_t*,
                                   const unsigned*, const unsigned*, int, int, int, int);
  struct Linear {
    CUfunction function = nullptr;
    int rows = 0;
    int columns = 0;
    unsigned threads = 0;
    unsigned sharedBytes = 0;
  };

  VisionKernels() = default;
  Status bind(const std::string& folder, const std::string& libraryDir);
  /// Not by value: gcc warns of passing what is aligned so.
  Status describe(TensorMap* map, const void* data, Element element, int columns, int rows, int boxRows) const;
  Status launch(CUfunction function, unsigned blocksX, unsigned blocksY, unsigned threads, unsigned sharedBytes,
                void** arguments, CUstream stream) const;

  std::shared_ptr<Device> device_;
  std::unique_ptr<KernelModule> module_;
  EncodeTiled encodeTiled_ = nullptr;
  CUfunction norms_[2] = {};
  CUfunction attention_ = nullptr;
  Linear linears_[2][3] = {};
  int multiprocessors_ = 0;
};

}  // namespace sam3
