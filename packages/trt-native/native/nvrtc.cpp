// NVIDIA's compiler as a library, found at run time. Names and signatures as in its "NVRTC" reference.
#include <array>

#include "kernel-module.hpp"
#include "shared-library.hpp"

struct NvrtcProgram;

namespace sam3 {

namespace {

struct Nvrtc {
  int (*nvrtcCreateProgram)(NvrtcProgram**, const char*, const char*, int, const char* const*, const char* const*);
  int (*nvrtcCompileProgram)(NvrtcProgram*, int, const char* const*);
  int (*nvrtcGetProgramLogSize)(NvrtcProgram*, std::size_t*);
  int (*nvrtcGetProgramLog)(NvrtcProgram*, char*);
  int (*nvrtcGetCUBINSize)(NvrtcProgram*, std::size_t*);
  int (*nvrtcGetCUBIN)(NvrtcProgram*, char*);
  int (*nvrtcDestroyProgram)(NvrtcProgram**);

  static Result<Nvrtc> load(const std::string& directory) {
    const std::vector<std::string> names = {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"};
    auto library = SharedLibrary::open(directory, names);
    if (!library && !directory.empty()) library = SharedLibrary::open("", names);
    if (!library) return unavailable("NVRTC is missing: " + library.failure().message, "");
    const SharedLibrary& lib = library.value();
    Nvrtc found{};
    const bool complete = lib.bind(found.nvrtcCreateProgram, "nvrtcCreateProgram") &&
                          lib.bind(found.nvrtcCompileProgram, "nvrtcCompileProgram") &&
                          lib.bind(found.nvrtcGetProgramLogSize, "nvrtcGetProgramLogSize") &&
                          lib.bind(found.nvrtcGetProgramLog, "nvrtcGetProgramLog") &&
                          lib.bind(found.nvrtcGetCUBINSize, "nvrtcGetCUBINSize") &&
                          lib.bind(found.nvrtcGetCUBIN, "nvrtcGetCUBIN") &&
                          lib.bind(found.nvrtcDestroyProgram, "nvrtcDestroyProgram");
    if (!complete) return unavailable("NVRTC is too old", "");
    return found;
  }
};

class Program {
 public:
  explicit Program(const Nvrtc& nvrtc) : nvrtc_(nvrtc) {}
  ~Program() {
    if (handle) nvrtc_.nvrtcDestroyProgram(&handle);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string log() const {
    std::size_t bytes = 0;
    if (nvrtc_.nvrtcGetProgramLogSize(handle, &bytes) != 0 || bytes == 0) return "";
    std::string text(bytes, '\0');
    if (nvrtc_.nvrtcGetProgramLog(handle, text.data()) != 0) return "";
    text.pop_back();
    return text;
  }

  NvrtcProgram* handle = nullptr;

 private:
  const Nvrtc& nvrtc_;
};

Result<std::string> readText(const std::string& path) {
  auto bytes = readWholeFile(path);
  if (!bytes) return bytes.failure();
  return std::string(bytes.value().begin(), bytes.value().end());
}

}  // namespace

Result<std::vector<char>> compileKernels(const KernelSources& sources, int computeMajor, int computeMinor) {
  const auto nvrtc = Nvrtc::load(sources.libraryDir);
  if (!nvrtc) return nvrtc.failure();
  auto unit = readText(sources.sourceDir + "/" + sources.unit);
  if (!unit) return unit.failure();
  std::vector<std::string> texts;
  for (const std::string& name : sources.included) {
    auto text = readText(sources.sourceDir + "/" + name);
    if (!text) return text.failure();
    texts.push_back(std::move(text.value()));
  }
  std::vector<const char*> contents;
  for (const std::string& text : texts) contents.push_back(text.c_str());
  std::vector<const char*> names;
  for (const std::string& name : sources.included) names.push_back(name.c_str());
  Program program(nvrtc.value());
  const int count = static_cast<int>(contents.size());
  if (nvrtc.value().nvrtcCreateProgram(&program.handle, unit.value().c_str(), sources.unit.c_str(), count,
                                       contents.data(), names.data()) != 0) {
    return internal("NVRTC refused the kernels' source");
  }
  const std::string architecture =
      "--gpu-architecture=sm_" + std::to_string(computeMajor) + std::to_string(computeMinor) +
      (sources.architectureSpecific ? "a" : "");
  const std::array options = {architecture.c_str(), sources.fusedMultiplyAdd ? "--fmad=true" : "--fmad=false",
                              "--std=c++17"};
  if (nvrtc.value().nvrtcCompileProgram(program.handle, static_cast<int>(options.size()), options.data()) != 0) {
    return internal("NVRTC could not compile the kernels: " + program.log());
  }
  std::size_t bytes = 0;
  if (nvrtc.value().nvrtcGetCUBINSize(program.handle, &bytes) != 0 || bytes == 0) return internal("NVRTC gave no code");
  std::vector<char> code(bytes);
  if (nvrtc.value().nvrtcGetCUBIN(program.handle, code.data()) != 0) return internal("NVRTC gave no code");
  return code;
}

}  // namespace sam3
