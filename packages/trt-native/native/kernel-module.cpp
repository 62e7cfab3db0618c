#include "kernel-module.hpp"

#include <fstream>
#include <iterator>

#include "shared-library.hpp"

namespace sam3 {

namespace {

constexpr const char* kHint =
    "run the set-up where nvcc is installed (on a Jetson: cuda-toolkit), or install NVRTC (libnvrtc); the CPU does it "
    "until then";

Result<KernelDriver> loadKernelDriver(const std::string& directory) {
  auto library = SharedLibrary::open(directory, {"libcuda.so.1", "libcuda.so"});
  if (!library && !directory.empty()) library = SharedLibrary::open("", {"libcuda.so.1", "libcuda.so"});
  if (!library) return library.failure();
  const SharedLibrary& lib = library.value();
  KernelDriver driver{};
  const bool complete =
      lib.bind(driver.cuModuleLoadData, "cuModuleLoadData") && lib.bind(driver.cuModuleUnload, "cuModuleUnload") &&
      lib.bind(driver.cuModuleGetFunction, "cuModuleGetFunction") &&
      lib.bind(driver.cuLaunchKernel, "cuLaunchKernel") && lib.bind(driver.cuMemsetD8Async, "cuMemsetD8Async");
  if (!complete) return unavailable("the NVIDIA driver cannot run kernels", "install the NVIDIA driver");
  return driver;
}

}  // namespace

Result<std::vector<char>> readWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || bytes.empty()) return Failure{"NOT_FOUND", path + " cannot be read", ""};
  return bytes;
}

Result<std::unique_ptr<KernelModule>> KernelModule::load(std::shared_ptr<Device> device, const KernelSources& sources) {
  const auto driver = loadKernelDriver(sources.libraryDir);
  if (!driver) return driver.failure();
  if (auto failed = device->makeCurrent()) return *failed;
  CUmodule module = nullptr;
  const auto tryImage = [&](std::vector<char> image) {
    // PTX is text and must end; machine code does not mind.
    image.push_back('\0');
    return device->driver().check(driver.value().cuModuleLoadData(&module, image.data()), "loading the kernels");
  };
  const auto loaded = [&](const char* origin) {
    return std::unique_ptr<KernelModule>(new KernelModule(std::move(device), driver.value(), module, origin));
  };
  std::string reason;
  auto prepared = readWholeFile(sources.binaryPath);
  if (prepared) {
    const Status failed = tryImage(std::move(prepared.value()));
    if (!failed) return loaded("compiled at set-up");
    reason = failed->message;
  } else {
    reason = prepared.failure().message;
  }
  auto compiled = compileKernels(sources, device->info().computeMajor, device->info().computeMinor);
  if (!compiled) {
    return unavailable("there are no kernels for this GPU (" + reason + "; " + compiled.failure().message + ")", kHint);
  }
  if (auto failed = tryImage(std::move(compiled.value()))) return unavailable(failed->message, kHint);
  return loaded("compiled by NVRTC");
}

KernelModule::~KernelModule() {
  if (!device_->makeCurrent()) driver_.cuModuleUnload(module_);
}

Result<CUfunction> KernelModule::function(const char* name) const {
  CUfunction function = nullptr;
  if (auto failed = device_->driver().check(driver_.cuModuleGetFunction(&function, module_, name), name))
    return *failed;
  return function;
}

}  // namespace sam3
