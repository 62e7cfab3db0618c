// Building engines from JavaScript, and what probe() tells of this machine.
#pragma once

#include <napi.h>

namespace sam3 {

/// buildEngine(options, onProgress): { done: Promise<{ plan, timingCache }>, cancel() }
Napi::Value buildEngineFromJs(const Napi::CallbackInfo& info);

/// probe({ libraryDir? }): Promise<{ missing, parserMissing, tensorrt, driver, devices }>; never rejects.
Napi::Value probe(const Napi::CallbackInfo& info);

}  // namespace sam3
