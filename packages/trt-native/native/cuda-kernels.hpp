// The kernels of native/kernels on a GPU: memory to work in, a stream, and one synchronous call for each kind of work.
#pragma once

#include "frame-kernels.hpp"
#include "kernel-arena.hpp"
#include "kernel-module.hpp"
#include "kernels/mask-math.h"

namespace sam3 {

class CudaKernels final : public FrameKernels {
 public:
  /// On the thread that will call it; so are all calls.
  static Result<std::shared_ptr<CudaKernels>> open(std::shared_ptr<Device> device, const KernelSources& sources);
  ~CudaKernels() override;

  Result<FitReply> fit(const FitRequest& request) override;
  Result<BoxReply> boxes(const BoxRequest& request) override;
  Result<MaskReply> masks(const MaskRequest& request) override;
  std::string name() const override;
  std::shared_ptr<Device> device() const override { return device_; }

 private:
  struct Functions {
    CUfunction fitPicture;
    CUfunction findCandidates;
    CUfunction selectCandidates;
    CUfunction findOverlaps;
    CUfunction keepBoxes;
    CUfunction maskBits;
    CUfunction countChanges;
    CUfunction scanColumns;
    CUfunction writeChanges;
  };
  struct Grid {
    unsigned x;
    unsigned y;
    unsigned z;
    unsigned threadsX;
    unsigned threadsY;
  };

  CudaKernels(std::shared_ptr<Device> device, std::unique_ptr<KernelModule> module, const Functions& functions,
              Stream stream, Event begin, Event end);

  template <typename... Arguments>
  Status launch(CUfunction function, const Grid& grid, Arguments... arguments) {
    void* parameters[] = {&arguments...};
    const CUresult code = module_->driver().cuLaunchKernel(function, grid.x, grid.y, grid.z, grid.threadsX,
                                                           grid.threadsY, 1, 0, stream_.get(), parameters, nullptr);
    return device_->driver().check(code, "starting a kernel");
  }
  /// Where the GPU reads the bytes: in place, or in a copy that is queued here.
  Result<CUdeviceptr> upload(const ByteView& view, std::size_t bytes, const char* what);
  /// Where the bytes will be once finish() has returned, until the next call.
  Result<std::byte*> download(CUdeviceptr from, std::size_t bytes);
  Status zero(CUdeviceptr at, std::size_t bytes);
  /// First in every call: the memory of the call before is free again.
  Status begin();
  Status mark(const Event& event);
  /// Waits for all that is queued.
  Status finish();
  /// Between begin_ and end_.
  Result<double> elapsedMs();
  Status maskRound(const MaskPlan& plan, MaskReply& reply);

  /// However a call ends, nothing of it is still queued: what it reads and writes may go.
  struct Drained {
    explicit Drained(CudaKernels& kernels) : kernels(kernels) {}
    ~Drained() { static_cast<void>(kernels.finish()); }
    Drained(const Drained&) = delete;
    Drained& operator=(const Drained&) = delete;
    CudaKernels& kernels;
  };

  std::shared_ptr<Device> device_;
  std::unique_ptr<KernelModule> module_;
  Functions functions_;
  Stream stream_;
  Event begin_;
  Event end_;
  KernelArena arena_;
};

}  // namespace sam3
