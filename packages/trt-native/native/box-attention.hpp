// The attention of a detector's queries with a bias for each box, as two kernels; for any GPU since Ampere.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "kernel-module.hpp"
#include "vision-kernels/box-attention.h"

namespace sam3 {

/// Null when the kernels can take this shape; else what does not fit.
const char* boxShapeMissing(const BoxPlan& plan, int width);
/// Shares of the keys that fill a GPU and are whole steps.
int boxParts(int grid);
std::size_t boxWorkspaceBytes(const BoxPlan& plan);

class BoxAttention {
 public:
  /// The kernels of this process, loaded once from `folder`; libraries are looked for in `libraryDir` first.
  static Result<const BoxAttention*> load(const std::string& folder, const std::string& libraryDir);
  /// `workspace` has boxWorkspaceBytes; plan's own places in it are set here.
  Status run(BoxPlan plan, void* workspace, CUstream stream) const;

 private:
  BoxAttention() = default;
  Status bind(const std::string& folder, const std::string& libraryDir);

  std::shared_ptr<Device> device_;
  std::unique_ptr<KernelModule> module_;
  CUfunction attention_ = nullptr;
  CUfunction join_ = nullptr;
};

}  // namespace sam3
