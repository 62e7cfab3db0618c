// The class through which JavaScript reaches the work on pixels, on the GPU or on the CPU.
#pragma once

#include <napi.h>

#include <memory>

#include "frame-kernels.hpp"
#include "lane.hpp"

namespace sam3 {

/// openKernels({ where: 'cpu' } | { where: 'gpu', device, libraryDir?, binaryPath, sourceDir }): Promise<kernels>
Napi::Value openKernels(const Napi::CallbackInfo& info);

class JsKernels : public Napi::ObjectWrap<JsKernels> {
 public:
  /// The kernels and the thread that runs them; the thread goes first.
  struct Content {
    std::shared_ptr<FrameKernels> kernels;
    std::shared_ptr<Lane> lane;
  };
  static Napi::Function define(Napi::Env env);
  explicit JsKernels(const Napi::CallbackInfo& info);

 private:
  Napi::Value name(const Napi::CallbackInfo& info);
  Napi::Value fit(const Napi::CallbackInfo& info);
  Napi::Value boxes(const Napi::CallbackInfo& info);
  Napi::Value masks(const Napi::CallbackInfo& info);
  Napi::Value allocatePinned(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

  Content content_;
};

}  // namespace sam3
