// Boxes in four steps: find what is sure enough, take the surest in order, compare all pairs, keep what nothing hides.
// Every step gives the same result whatever order its threads run in.
#include "box-math.h"

namespace sam3 {

constexpr int kSelectThreads = 1024;
constexpr int kDigits = 256;
constexpr int kDigitBits = 8;
constexpr int kKeyDigits = 8;

static_assert(kSelectThreads == kCandidatesMax, "one thread sorts one candidate");

}  // namespace sam3

/// One thread per score. `count` begins at 0; `keys` has room for all scores.
extern "C" __global__ void sam3FindCandidates(sam3::BoxPlan plan, unsigned long long* keys, unsigned* count) {
  const unsigned index = blockIdx.x * blockDim.x + threadIdx.x;
  const unsigned total = static_cast<unsigned>(plan.cells) * static_cast<unsigned>(plan.classes);
  if (index >= total || !sam3::isCandidate(plan, index)) return;
  keys[atomicAdd(count, 1u)] = sam3::keyOf(sam3::scoreAt(plan, index), index);
}

/// One block. The surest of `keys`, decoded, surest first; `selected` is how many.
extern "C" __global__ void __launch_bounds__(1024)
    sam3SelectCandidates(sam3::BoxPlan plan, const unsigned long long* keys, const unsigned* count,
                         sam3::DecodedBox* boxes, unsigned* selected) {
  __shared__ unsigned long long sorted[sam3::kCandidatesMax];
  __shared__ unsigned histogram[sam3::kDigits];
  __shared__ unsigned long long prefix;
  __shared__ unsigned wanted;
  __shared__ unsigned taken;
  const unsigned thread = threadIdx.x;
  const unsigned found = *count;
  const unsigned limit = static_cast<unsigned>(plan.candidatesMax);
  const unsigned kept = found < limit ? found : limit;
  sorted[thread] = 0;
  if (thread == 0) {
    prefix = 0;
    wanted = kept;
    taken = 0;
  }
  __syncthreads();
  if (found > kept) {
    // The smallest key to keep, digit after digit from the highest: no key is equal to another.
    for (int digit = sam3::kKeyDigits - 1; digit >= 0; --digit) {
      if (thread < sam3::kDigits) histogram[thread] = 0;
      __syncthreads();
      const int shift = digit * sam3::kDigitBits;
      for (unsigned i = thread; i < found; i += blockDim.x) {
        const unsigned long long key = keys[i];
        const bool isOfPrefix = digit == sam3::kKeyDigits - 1 || (key >> (shift + sam3::kDigitBits)) == prefix;
        if (isOfPrefix) atomicAdd(&histogram[(key >> shift) & (sam3::kDigits - 1)], 1u);
      }
      __syncthreads();
      if (thread == 0) {
        int value = sam3::kDigits - 1;
        while (value > 0 && histogram[value] < wanted) wanted -= histogram[value--];
        prefix = (prefix << sam3::kDigitBits) | static_cast<unsigned>(value);
      }
      __syncthreads();
    }
  }
  for (unsigned i = thread; i < found; i += blockDim.x) {
    const unsigned long long key = keys[i];
    if (key >= prefix) sorted[atomicAdd(&taken, 1u)] = key;
  }
  __syncthreads();
  // Bitonic sort (Batcher, 1968), largest first.
  for (unsigned run = 2; run <= sam3::kCandidatesMax; run *= 2) {
    for (unsigned step = run / 2; step > 0; step /= 2) {
      const unsigned partner = thread ^ step;
      if (partner > thread) {
        const unsigned long long mine = sorted[thread];
        const unsigned long long theirs = sorted[partner];
        const bool isDescending = (thread & run) == 0;
        if (isDescending ? mine < theirs : mine > theirs) {
          sorted[thread] = theirs;
          sorted[partner] = mine;
        }
      }
      __syncthreads();
    }
  }
  if (thread < kept) boxes[thread] = sam3::decodedBox(plan, sam3::indexOf(sorted[thread]));
  if (thread == 0) *selected = kept;
}

/// A thread per box and word of 64 others: which of those behind it it hides.
extern "C" __global__ void sam3FindOverlaps(sam3::BoxPlan plan, const sam3::DecodedBox* boxes, const unsigned* selected,
                                            unsigned long long* hidden) {
  const unsigned box = blockIdx.y * blockDim.x + threadIdx.x;
  const unsigned word = blockIdx.x;
  const unsigned count = *selected;
  if (box >= count) return;
  const unsigned start = word * sam3::kPairBits;
  const unsigned end = start + sam3::kPairBits < count ? start + sam3::kPairBits : count;
  const sam3::DecodedBox own = boxes[box];
  unsigned long long bits = 0;
  for (unsigned other = start > box ? start : box + 1; other < end; ++other) {
    if (sam3::hides(plan, own, boxes[other])) bits |= 1ull << (other - start);
  }
  hidden[box * sam3::kPairWords + word] = bits;
}

/// One block. Goes through the boxes, surest first; `keptCount` is how many nothing before them hides.
extern "C" __global__ void sam3KeepBoxes(sam3::BoxPlan plan, const sam3::DecodedBox* boxes, const unsigned* selected,
                                         const unsigned long long* hidden, sam3::DecodedBox* kept,
                                         unsigned* keptCount) {
  __shared__ unsigned long long rows[sam3::kPairBits * sam3::kPairWords];
  __shared__ unsigned long long gone[sam3::kPairWords];
  __shared__ unsigned order[sam3::kCandidatesMax];
  __shared__ unsigned found;
  const unsigned thread = threadIdx.x;
  const unsigned count = *selected;
  if (thread < sam3::kPairWords) gone[thread] = 0;
  if (thread == 0) found = 0;
  __syncthreads();
  for (unsigned start = 0; start < count; start += sam3::kPairBits) {
    // 64 rows at a time: one after the other from the GPU's memory each would wait for the one before.
    const unsigned end = start + sam3::kPairBits < count ? start + sam3::kPairBits : count;
    const unsigned words = (end - start) * sam3::kPairWords;
    for (unsigned i = thread; i < words; i += blockDim.x) rows[i] = hidden[start * sam3::kPairWords + i];
    __syncthreads();
    for (unsigned box = start; box < end; ++box) {
      const bool isKept = found < static_cast<unsigned>(plan.keptMax) &&
                          ((gone[box / sam3::kPairBits] >> (box % sam3::kPairBits)) & 1u) == 0;
      __syncthreads();
      if (isKept) {
        if (thread < sam3::kPairWords) gone[thread] |= rows[(box - start) * sam3::kPairWords + thread];
        if (thread == 0) order[found++] = box;
      }
      __syncthreads();
    }
  }
  for (unsigned i = thread; i < found; i += blockDim.x) kept[i] = boxes[order[i]];
  if (thread == 0) *keptCount = found;
}
