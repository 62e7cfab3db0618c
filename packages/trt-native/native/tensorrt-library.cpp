#include "tensorrt-library.hpp"

#include <cstdint>

#include "fused-plugin.hpp"
#include "message-log.hpp"
#include "shared-library.hpp"

namespace sam3 {

namespace {

constexpr int32_t kMajor = 10;
constexpr int32_t kMinorMin = 3;
constexpr const char* kInstallHint = "install TensorRT 10.3 or newer 10.x (JetPack 6.1 and later bring it)";

/// What an entry point of the library answered. On failure 10.6 answers not null but a small number, the place of the
/// interface in the object that it could not make.
template <typename Owner>
Owner made(void* answer) {
  constexpr std::uintptr_t kFirstPage = 4096;
  if (reinterpret_cast<std::uintptr_t>(answer) < kFirstPage) return nullptr;
  return Owner(static_cast<typename Owner::pointer>(answer));
}

}  // namespace

std::mutex& trtLifecycle() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

Result<const TensorRt*> TensorRt::load(const std::string& directory) {
  // Never destroyed: threads of the addon may still use it while the process exits.
  static std::mutex& mutex = *new std::mutex;
  static auto& loaded = *new std::unique_ptr<TensorRt>;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!loaded) {
    auto opened = open(directory);
    if (!opened) return opened.failure();
    loaded = std::make_unique<TensorRt>(std::move(opened.value()));
  }
  return loaded.get();
}

Result<TensorRt> TensorRt::open(const std::string& directory) {
  auto library = SharedLibrary::open(directory, {"libnvinfer.so.10", "libnvinfer.so"});
  if (!library) {
    auto old = SharedLibrary::open(directory, {"libnvinfer.so.8"});
    if (old) {
      return unavailable("this machine has TensorRT 8 (" + old.value().name() + "), which is too old", kInstallHint);
    }
    return unavailable("TensorRT is missing (" + library.failure().message + ")", kInstallHint);
  }
  const SharedLibrary& lib = library.value();
  int32_t (*version)() = nullptr;
  int32_t (*major)() = nullptr;
  int32_t (*minor)() = nullptr;
  int32_t (*patch)() = nullptr;
  int32_t (*build)() = nullptr;
  TensorRt trt;
  const bool complete = lib.bind(version, "getInferLibVersion") && lib.bind(major, "getInferLibMajorVersion") &&
                        lib.bind(minor, "getInferLibMinorVersion") && lib.bind(patch, "getInferLibPatchVersion") &&
                        lib.bind(build, "getInferLibBuildVersion") &&
                        lib.bind(trt.createRuntime_, "createInferRuntime_INTERNAL");
  if (!complete) return unavailable(lib.name() + " is not a TensorRT 10 library", kInstallHint);
  trt.version_ = std::to_string(major()) + "." + std::to_string(minor()) + "." + std::to_string(patch()) + "." +
                 std::to_string(build());
  if (major() != kMajor || minor() < kMinorMin) {
    return unavailable("this machine has TensorRT " + trt.version_ + ", which does not fit", kInstallHint);
  }
  nvinfer1::IPluginRegistry* (*registry)() = nullptr;
  if (lib.bind(registry, "getPluginRegistry")) {
    if (auto* plugins = registry()) registerPlugins(*plugins);
  }
  // The library's own number, not that of the headers: a builder refuses a caller of another version.
  trt.libraryVersion_ = version();

  if (!lib.bind(trt.createBuilder_, "createInferBuilder_INTERNAL")) trt.parserMissing_ = lib.name() + " has no builder";
  auto parser = SharedLibrary::open(directory, {"libnvonnxparser.so.10", "libnvonnxparser.so"});
  int (*parserVersion)() = nullptr;
  if (!parser) {
    trt.parserMissing_ = "the ONNX parser is missing (" + parser.failure().message + ")";
  } else if (!parser.value().bind(trt.createParser_, "createNvOnnxParser_INTERNAL") ||
             !parser.value().bind(parserVersion, "getNvOnnxParserVersion")) {
    trt.parserMissing_ = parser.value().name() + " is not TensorRT's ONNX parser";
  } else {
    trt.parserVersion_ = parserVersion();
  }
  return trt;
}

TrtOwned<nvinfer1::IRuntime> TensorRt::createRuntime() const {
  const std::lock_guard<std::mutex> lock(trtLifecycle());
  return made<TrtOwned<nvinfer1::IRuntime>>(createRuntime_(&MessageLog::ofProcess(), libraryVersion_));
}

TrtOwned<nvinfer1::IBuilder> TensorRt::createBuilder() const {
  if (!createBuilder_) return nullptr;
  const std::lock_guard<std::mutex> lock(trtLifecycle());
  return made<TrtOwned<nvinfer1::IBuilder>>(createBuilder_(&MessageLog::ofProcess(), libraryVersion_));
}

Result<std::unique_ptr<nvonnxparser::IParser>> TensorRt::createParser(nvinfer1::INetworkDefinition& network) const {
  if (!createParser_) return unavailable(parserMissing_, "install libnvonnxparser beside TensorRT");
  auto parser = made<std::unique_ptr<nvonnxparser::IParser>>(createParser_(&network, &MessageLog::ofProcess(), parserVersion_));
  if (!parser) return internal("TensorRT's ONNX parser does not start");
  return parser;
}

}  // namespace sam3
