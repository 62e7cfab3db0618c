// The arguments of work on pixels, read from JavaScript and checked so far that no kernel can leave its memory.
#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "failure.hpp"
#include "frame-kernels.hpp"

namespace sam3 {

template <typename Request>
struct KernelArguments {
  Request request;
  /// What the request points into, beside what JavaScript holds.
  std::vector<std::shared_ptr<PinnedBlock>> pinned;
  std::vector<std::shared_ptr<DeviceBlock>> blocks;
  /// Objects of JavaScript that must live as long as the work; taken out before it leaves the thread.
  std::vector<Napi::Object> toHold;
};

/// All bytes come as `{ data: Uint8Array }`, whose buffer nobody else may detach until the work is over,
/// `{ pinned, byteLength }` or `{ tensor }`.
Result<KernelArguments<FitRequest>> readFitArguments(Napi::Value value);
Result<KernelArguments<BoxRequest>> readBoxArguments(Napi::Value value);
Result<KernelArguments<MaskRequest>> readMaskArguments(Napi::Value value);

}  // namespace sam3
