#include "tensorrt-library.hpp"

#include <mutex>

#include "shared-library.hpp"

namespace sam3 {

namespace {

constexpr int32_t kMajor = 10;
constexpr int32_t kMinorMin = 3;
constexpr const char* kInstallHint = "install TensorRT 10.3 or newer 10.x (JetPack 6.1 and later bring it)";

}  // namespace

Result<const TensorRt*> TensorRt::load(const std::string& directory) {
  static std::mutex mutex;
  static std::unique_ptr<TensorRt> loaded;
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

std::unique_ptr<nvinfer1::IRuntime> TensorRt::createRuntime(nvinfer1::ILogger& logger) const {
  return std::unique_ptr<nvinfer1::IRuntime>(
      static_cast<nvinfer1::IRuntime*>(createRuntime_(&logger, libraryVersion_)));
}

std::unique_ptr<nvinfer1::IBuilder> TensorRt::createBuilder(nvinfer1::ILogger& logger) const {
  if (!createBuilder_) return nullptr;
  return std::unique_ptr<nvinfer1::IBuilder>(
      static_cast<nvinfer1::IBuilder*>(createBuilder_(&logger, libraryVersion_)));
}

Result<std::unique_ptr<nvonnxparser::IParser>> TensorRt::createParser(nvinfer1::INetworkDefinition& network,
                                                                      nvinfer1::ILogger& logger) const {
  if (!createParser_) return unavailable(parserMissing_, "install libnvonnxparser beside TensorRT");
  std::unique_ptr<nvonnxparser::IParser> parser(
      static_cast<nvonnxparser::IParser*>(createParser_(&network, &logger, parserVersion_)));
  if (!parser) return internal("TensorRT's ONNX parser does not start");
  return parser;
}

}  // namespace sam3
