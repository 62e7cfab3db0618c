// ONNX in, a serialised plan out. Takes minutes: reports its progress, and ends soon after it is cancelled.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "device.hpp"
#include "message-log.hpp"
#include "tensor.hpp"
#include "tensorrt-library.hpp"

namespace sam3 {

struct ProfileRange {
  Dims min;
  Dims opt;
  Dims max;
};

struct BuildRequest {
  std::string onnxPath;
  /// Types that TensorRT may choose beside fp32: fp16, bf16, int8, fp8.
  std::vector<std::string> precisions;
  /// Types exactly as the graph has them; precisions must then be empty.
  bool stronglyTyped = false;
  /// For every input with free sizes.
  std::map<std::string, ProfileRange> profile;
  /// 0: as much as the GPU has.
  std::size_t workspaceBytes = 0;
  /// 0 to 5: how long TensorRT searches.
  int optimizationLevel = 3;
  /// Threads that compile kernels; 0: TensorRT's default.
  int threads = 0;
  /// Keeps layer names in the plan, for inspect().
  bool detailedLayers = false;
  /// A timing cache of an earlier build on the same GPU; empty: none.
  std::vector<char> timingCache;
};

struct BuildReply {
  std::shared_ptr<nvinfer1::IHostMemory> plan;
  std::vector<char> timingCache;
};

struct BuildHooks {
  /// Phase, steps done, steps in all; from TensorRT's threads.
  std::function<void(const std::string&, int, int)> onProgress;
  /// Set from anywhere to end the build.
  std::shared_ptr<std::atomic<bool>> cancelled;
};

Result<BuildReply> buildEngine(const TensorRt& trt, Device& device, const BuildRequest& request, BuildHooks& hooks);

}  // namespace sam3
