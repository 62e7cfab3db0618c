// The kernels on one GPU: machine code from set-up where there is some that fits, else compiled here and now by the
// machine's NVRTC. Unloaded with its last user.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device.hpp"

struct CUmod_st;
struct CUfunc_st;

namespace sam3 {

using CUmodule = CUmod_st*;
using CUfunction = CUfunc_st*;

/// The part of the driver that only kernels need; as in cuda-driver.hpp.
struct KernelDriver {
  CUresult (*cuModuleLoadData)(CUmodule*, const void*);
  CUresult (*cuModuleUnload)(CUmodule);
  CUresult (*cuModuleGetFunction)(CUfunction*, CUmodule, const char*);
  CUresult (*cuLaunchKernel)(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, CUstream,
                             void**, void**);
  CUresult (*cuMemsetD8Async)(CUdeviceptr, unsigned char, std::size_t, CUstream);
};

struct KernelSources {
  /// Machine code for several GPUs, made at set-up; need not exist.
  std::string binaryPath;
  /// Folder of the source, for NVRTC.
  std::string sourceDir;
  /// Where libraries are looked for first.
  std::string libraryDir;
  /// The file in `sourceDir` that NVRTC compiles, and those that it includes.
  std::string unit = "sam3-kernels.cu";
  std::vector<std::string> included = {"boxes.cu",    "masks.cu",       "pictures.cu",  "box-math.h",
                                       "mask-math.h", "picture-math.h", "kernel-base.h"};
  /// False keeps results equal to those of the CPU: no contraction into fused multiply-adds.
  bool fusedMultiplyAdd = false;
  /// Instructions of this very architecture too, not only those that later ones keep.
  bool architectureSpecific = false;
};

class KernelModule {
 public:
  /// UNAVAILABLE when neither the machine code fits nor a compiler is there.
  static Result<std::unique_ptr<KernelModule>> load(std::shared_ptr<Device> device, const KernelSources& sources);
  ~KernelModule();
  KernelModule(const KernelModule&) = delete;
  KernelModule& operator=(const KernelModule&) = delete;

  Result<CUfunction> function(const char* name) const;
  const KernelDriver& driver() const { return driver_; }
  /// Where its code comes from, for a person.
  const std::string& origin() const { return origin_; }

 private:
  KernelModule(std::shared_ptr<Device> device, const KernelDriver& driver, CUmodule module, std::string origin)
      : device_(std::move(device)), driver_(driver), module_(module), origin_(std::move(origin)) {}

  std::shared_ptr<Device> device_;
  KernelDriver driver_;
  CUmodule module_;
  std::string origin_;
};

/// Machine code for one GPU out of the source in `sourceDir`, by NVRTC.
Result<std::vector<char>> compileKernels(const KernelSources& sources, int computeMajor, int computeMinor);

/// A whole file; NOT_FOUND when it cannot be read.
Result<std::vector<char>> readWholeFile(const std::string& path);

}  // namespace sam3
