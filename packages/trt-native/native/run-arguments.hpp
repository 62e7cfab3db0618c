// The argument of a run, read from JavaScript into a plain struct that a lane may use.
#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "context.hpp"
#include "failure.hpp"

namespace sam3 {

struct RunArguments {
  RunRequest request;
  /// What the request points into, beside what JavaScript holds.
  std::vector<std::shared_ptr<PinnedBlock>> pinned;
  std::vector<std::shared_ptr<DeviceBlock>> blocks;
  /// Objects of JavaScript that must live as long as the run; taken out before it leaves the thread.
  std::vector<Napi::Object> toHold;
};

/// `{ inputs: [{ name, type, dims, data | pinned + byteLength | tensor }], toHost: [name], toDevice: [name] }`.
/// `data` is a Uint8Array whose buffer nobody else may detach until the run is over.
Result<RunArguments> readRunArguments(Napi::Value value);

}  // namespace sam3
