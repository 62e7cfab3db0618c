// The twins of the GPU's kernels on the calling thread: what runs where there is no CUDA, and what the kernels are
// compared with.
#pragma once

#include "frame-kernels.hpp"

namespace sam3 {

class CpuKernels final : public FrameKernels {
 public:
  Result<FitReply> fit(const FitRequest& request) override;
  Result<BoxReply> boxes(const BoxRequest& request) override;
  Result<MaskReply> masks(const MaskRequest& request) override;
  std::string name() const override { return "CPU"; }
};

}  // namespace sam3
