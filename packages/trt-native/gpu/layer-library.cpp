// Our plugins as a library that Python loads, to run the same plans there as in Node.
#include <dlfcn.h>

#include "../native/fused-plugin.hpp"

/// Null when all went well; libnvinfer must be loaded.
extern "C" __attribute__((visibility("default"))) const char* sam3RegisterLayers() {
  void* found = dlsym(RTLD_DEFAULT, "getPluginRegistry");
  if (!found) return "libnvinfer is not loaded";
  auto* registry = reinterpret_cast<nvinfer1::IPluginRegistry* (*)()>(found)();
  if (!registry) return "this TensorRT has no registry of plugins";
  sam3::registerPlugins(*registry);
  return nullptr;
}
