#include "cpu-kernels.hpp"

#include <algorithm>
#include <chrono>

#include "fit-plan.hpp"
#include "kernels/mask-math.h"

namespace sam3 {

namespace {

class Stopwatch {
 public:
  double ms() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started_).count();
  }

 private:
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

Failure onDevice(const char* what) {
  return invalidInput(std::string(what) + " lies on the GPU, where the CPU cannot read it",
                      "copy it to the host, or use the kernels of the GPU");
}

MaskRuns runsOfMask(const MaskPlan& plan, int mask) {
  std::vector<std::uint32_t> positions;
  for (int x = 0; x < plan.outWidth; ++x) {
    unsigned before = bitBefore(plan, mask, x);
    for (int word = 0; word < plan.words; ++word) {
      const unsigned bits = plan.bits[wordIndex(plan, mask, word, x)];
      for (unsigned changes = changesIn(plan, word, bits, before); changes; changes &= changes - 1) {
        positions.push_back(positionOf(plan, x, word, __builtin_ctz(changes)));
      }
      before = bits >> (kRowsPerWord - 1);
    }
  }
  return maskRunsOf(positions.data(), positions.size(), positionOf(plan, plan.outWidth, 0, 0));
}

}  // namespace

Result<FitReply> CpuKernels::fit(const FitRequest& request) {
  if (!request.picture.bytes.host) return onDevice("the picture");
  if (request.keepOnDevice) return invalidInput("there is no GPU to keep the tensor on", "leave keepOnDevice out");
  FitReply reply;
  const std::size_t values =
      std::size_t{3} * static_cast<unsigned>(request.width) * static_cast<unsigned>(request.height);
  reply.bytes = values * (request.isHalf ? 2 : 4);
  reply.host.reset(new std::byte[reply.bytes]);
  const Stopwatch watch;
  const FitTables tables = fitTables(request);
  FitPlan plan = fitPlan(request);
  plan.pixels = reinterpret_cast<const unsigned char*>(request.picture.bytes.host);
  plan.chroma = plan.pixels + request.picture.chromaOffset;
  plan.across = tables.across.data();
  plan.down = tables.down.data();
  plan.chromaAcross = tables.chromaAcross.data();
  plan.chromaDown = tables.chromaDown.data();
  plan.out = reply.host.get();
  for (int y = 0; y < request.height; ++y) {
    for (int x = 0; x < request.width; ++x) fitPixel(plan, x, y);
  }
  reply.computeMs = watch.ms();
  return reply;
}

Result<BoxReply> CpuKernels::boxes(const BoxRequest& request) {
  BoxPlan plan = request.plan;
  for (int level = 0; level < plan.levelCount; ++level) {
    if (!request.scores[level].host || !request.sides[level].host) return onDevice("an output of the network");
    plan.levels[level].scores = reinterpret_cast<const float*>(request.scores[level].host);
    plan.levels[level].sides = reinterpret_cast<const float*>(request.sides[level].host);
  }
  const Stopwatch watch;
  std::vector<unsigned long long> keys;
  const auto total = static_cast<unsigned>(plan.cells) * static_cast<unsigned>(plan.classes);
  for (unsigned index = 0; index < total; ++index) {
    if (isCandidate(plan, index)) keys.push_back(keyOf(scoreAt(plan, index), index));
  }
  const std::size_t count = std::min(keys.size(), static_cast<std::size_t>(plan.candidatesMax));
  std::partial_sort(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count), keys.end(), std::greater<>());
  BoxReply reply;
  for (std::size_t i = 0; i < count && reply.boxes.size() < static_cast<std::size_t>(plan.keptMax); ++i) {
    const DecodedBox box = decodedBox(plan, indexOf(keys[i]));
    const bool hidden = std::any_of(reply.boxes.begin(), reply.boxes.end(),
                                    [&](const DecodedBox& kept) { return hides(plan, kept, box); });
    if (!hidden) reply.boxes.push_back(box);
  }
  reply.computeMs = watch.ms();
  return reply;
}

Result<MaskReply> CpuKernels::masks(const MaskRequest& request) {
  if (!request.masks.host) return onDevice("a mask");
  const Stopwatch watch;
  const MaskTables tables = maskTables(request);
  MaskPlan plan{};
  plan.masks = request.masks.host;
  plan.isHalf = request.isHalf ? 1 : 0;
  plan.count = 1;
  plan.width = request.width;
  plan.height = request.height;
  plan.outWidth = request.outWidth;
  plan.outHeight = request.outHeight;
  plan.across = tables.across.data();
  plan.down = tables.down.data();
  plan.isLogit = request.isLogit ? 1 : 0;
  plan.threshold = request.threshold;
  plan.words = (request.outHeight + kRowsPerWord - 1) / kRowsPerWord;
  // One mask at a time: the bits of a hundred at 4K would be 100 MB.
  std::vector<unsigned> bits(static_cast<std::size_t>(plan.words) * static_cast<unsigned>(plan.outWidth));
  plan.bits = bits.data();
  const std::size_t maskBytes =
      static_cast<std::size_t>(plan.width) * static_cast<unsigned>(plan.height) * (request.isHalf ? 2 : 4);
  MaskReply reply;
  const std::size_t count = request.rows.empty() ? static_cast<unsigned>(request.count) : request.rows.size();
  for (std::size_t mask = 0; mask < count; ++mask) {
    plan.masks = request.masks.host + maskBytes * (request.rows.empty() ? mask : request.rows[mask]);
    for (int word = 0; word < plan.words; ++word) {
      for (int x = 0; x < plan.outWidth; ++x) bits[wordIndex(plan, 0, word, x)] = maskWord(plan, 0, word, x);
    }
    reply.masks.push_back(runsOfMask(plan, 0));
  }
  reply.computeMs = watch.ms();
  return reply;
}

}  // namespace sam3
