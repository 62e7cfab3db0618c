// Contract: the work on pixels around a network - a picture fitted into its input, its boxes decoded and thinned out,
// its masks enlarged into run lengths. The GPU's kernels and the CPU's twins both keep it, with equal results.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coco-rle.hpp"
#include "failure.hpp"
#include "kernels/box-math.h"
#include "kernels/picture-math.h"
#include "memory.hpp"

namespace sam3 {

/// Bytes to read, wherever they lie. Whoever makes one keeps the memory alive until the call is over.
struct ByteView {
  /// Null when they lie on the GPU only.
  const std::byte* host = nullptr;
  /// Where the GPU can read them in place: device memory, or page-locked memory; 0 when it cannot.
  CUdeviceptr address = 0;
  bool isOnDevice = false;
  int deviceIndex = 0;
  std::size_t bytes = 0;
};

inline ByteView hostView(const void* data, std::size_t bytes) {
  ByteView view;
  view.host = static_cast<const std::byte*>(data);
  view.bytes = bytes;
  return view;
}

enum class Matrix { bt601, bt709, bt2020 };

struct Area {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

struct Picture {
  ByteView bytes;
  PictureFormat format = kRgb;
  int width = 0;
  int height = 0;
  /// Bytes from row to row.
  std::size_t pitch = 0;
  std::size_t chromaOffset = 0;
  std::size_t chromaPitch = 0;
  Matrix matrix = Matrix::bt709;
  bool fullRange = false;
  /// Chroma lies on the left of its two columns, as in H.264 and HEVC; else between them, as in JPEG.
  bool chromaLeft = true;
  /// The part to look at.
  Area region;
};

struct FitRequest {
  Picture picture;
  int width = 0;
  int height = 0;
  Area place;
  float padValue = 0;
  /// Of red, green and blue, in values of bytes: (value - mean) / std.
  double mean[3] = {};
  double std[3] = {};
  bool blueFirst = false;
  bool isHalf = false;
  bool keepOnDevice = false;
};

struct FitReply {
  std::unique_ptr<std::byte[]> host;
  std::shared_ptr<DeviceBlock> device;
  std::size_t bytes = 0;
  /// Time of the kernels alone.
  double computeMs = 0;
};

struct BoxRequest {
  /// Its addresses are filled in by who runs it.
  BoxPlan plan{};
  ByteView scores[kLevelsMax];
  ByteView sides[kLevelsMax];
};

struct BoxReply {
  std::vector<DecodedBox> boxes;
  double computeMs = 0;
};

struct MaskRequest {
  ByteView masks;
  bool isHalf = false;
  int count = 0;
  /// Which of them to cut; all when empty.
  std::vector<unsigned> rows;
  int width = 0;
  int height = 0;
  /// Size of the network's input, and where in it the picture was placed.
  int inputWidth = 0;
  int inputHeight = 0;
  Area place;
  int outWidth = 0;
  int outHeight = 0;
  /// Values are logits, of which probabilities are enlarged.
  bool isLogit = false;
  float threshold = 0;
};

struct MaskReply {
  std::vector<MaskRuns> masks;
  double computeMs = 0;
};

class FrameKernels {
 public:
  virtual ~FrameKernels() = default;
  /// Requests are checked by their reader: sizes from 1 to kSideMax, areas inside, memory as long as they say.
  virtual Result<FitReply> fit(const FitRequest& request) = 0;
  virtual Result<BoxReply> boxes(const BoxRequest& request) = 0;
  virtual Result<MaskReply> masks(const MaskRequest& request) = 0;
  /// What runs it, for a person.
  virtual std::string name() const = 0;
  /// Null on the CPU.
  virtual std::shared_ptr<Device> device() const { return nullptr; }
};

}  // namespace sam3
