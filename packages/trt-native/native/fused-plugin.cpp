#include "fused-plugin.hpp"

#include <dlfcn.h>

#include "message-log.hpp"

namespace sam3 {

const std::string& nativeFolder() {
  static const std::string& folder = *new std::string([] {
    Dl_info info{};
    std::string path;
    if (dladdr(reinterpret_cast<void*>(&registerPlugins), &info) != 0 && info.dli_fname) path = info.dli_fname;
    for (int i = 0; i < 2; ++i) {
      const auto slash = path.rfind('/');
      path = slash == std::string::npos ? "." : path.substr(0, slash);
    }
    return path;
  }());
  return folder;
}

void sayOfPlugin(const char* plugin, const std::string& message) {
  MessageLog::ofProcess().log(nvinfer1::ILogger::Severity::kERROR, (std::string(plugin) + ": " + message).c_str());
}

void registerPlugins(nvinfer1::IPluginRegistry& registry) {
  registerLayerPlugin(registry);
  registerBoxPlugin(registry);
}

}  // namespace sam3
