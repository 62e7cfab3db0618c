// Softmax attention on Hopper over rows of queries, keys and values side by side, heads of 64: out = softmax(q kᵀ * scale) v.
// Rows of one window follow each other, so a window is a range of rows. Three warp groups take 64 queries each and share
// keys and values, which a fourth brings: while one takes exponents, the others multiply.
#include "products.h"

namespace sam3 {

/// Must be equal to its twin in vision-layer.hpp.
struct AttentionPlan {
  /// Rows that see each other.
  int windowRows;
  int heads;
  /// scale * log2(e).
  float scale;
  unsigned short* out;
};

namespace attention {
constexpr int kGroups = 3;
constexpr int kQueries = 64 * kGroups;
constexpr int kKeys = 96;
constexpr int kHead = 64;
constexpr int kStages = 4;
constexpr unsigned kQueryBytes = kQueries * kRowBytes;
constexpr unsigned kKeyBytes = kKeys * kRowBytes;
}  // namespace attention

__device__ inline void attend(const TensorMap& rows, const AttentionPlan& plan) {
  using namespace attention;
  extern __shared__ __align__(1024) unsigned char shared[];
  const unsigned queries = sharedAddress(shared);
  const unsigned keys = queries + kQueryBytes;
  const unsigned full = keys + kStages * 2 * kKeyBytes;
  const unsigned empty = full + 8 * kStages;
  const unsigned queriesFull = empty + 8 * kStages;
  const int group = static_cast<int>(threadIdx.x) / kWarpGroup;
  const int firstRow = static_cast<int>(blockIdx.x) * kQueries;
  const int firstKey = firstRow / plan.windowRows * plan.windowRows;
  const int head = static_cast<int>(blockIdx.y);
  const int tiles = plan.windowRows / kKeys;
  if (threadIdx.x == 0) {
    prefetchMap(rows);
#pragma unroll
    for (int stage = 0; stage < kStages; ++stage) {
      barrierInit(full + 8 * stage, 1);
      barrierInit(empty + 8 * stage, kGroups);
    }
    barrierInit(queriesFull, 1);
    barrierFence();
  }
  __syncthreads();
  if (group == 0) {
    fewerRegisters<32>();
    if (threadIdx.x != 0) return;
    barrierExpect(queriesFull, kQueryBytes);
#pragma unroll
    for (int half = 0; half < kQueries / kKeys; ++half)
      copyBox(queries + half * kKeyBytes, rows, queriesFull, head * kHead, firstRow + half * kKeys);
    int stage = 0;
    unsigned parity = 1;
    for (int tile = 0; tile < tiles; ++tile) {
      barrierWait(empty + 8 * stage, parity);
      barrierExpect(full + 8 * stage, 2 * kKeyBytes);
      const unsigned target = keys + stage * 2 * kKeyBytes;
      copyBox(target, rows, full + 8 * stage, (plan.heads + head) * kHead, firstKey + tile * kKeys);
      copyBox(target + kKeyBytes, rows, full + 8 * stage, (2 * plan.heads + head) * kHead, firstKey + tile * kKeys);
      if (++stage == kStages) {
        stage = 0;
        parity ^= 1;
      }
    }
  } else {
    moreRegisters<160>();
    const int worker = group - 1;
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int warp = static_cast<int>(threadIdx.x) / 32 % 4;
    const bool speaks = threadIdx.x % kWarpGroup == 0;
    const unsigned own = queries + worker * 64 * kRowBytes;
    float result[kHead / 2];
#pragma unroll
    for (int i = 0; i < kHead / 2; ++i) result[i] = 0;
    float largest[2] = {-1e30f, -1e30f};
    float total[2] = {0, 0};
    float scores[kKeys / 2];
    unsigned weights[kKeys / 16][4];
    const auto score = [&](unsigned target) {
      pin(scores);
      matrixFence();
#pragma unroll
      for (int part = 0; part < 4; ++part)
        product(scores, matrixDescriptor(own + part * 32), matrixDescriptor(target + part * 32), part != 0);
      matrixCommit();
    };
    const auto collect = [&](unsigned target) {
      pin(result);
      matrixFence();
#pragma unroll
      for (int part = 0; part < kKeys / 16; ++part)
        productAcross(result, weights[part], matrixDescriptor(target + kKeyBytes + part * 16 * kRowBytes), 1);
      matrixCommit();
    };
    float shrink[2];
    /// Scores become exponents.
    const auto soften = [&] {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        float most = largest[half];
#pragma unroll
        for (int i = 0; i < kKeys / 8; ++i) most = fmaxf(most, fmaxf(scores[4 * i + 2 * half], scores[4 * i + 2 * half + 1]));
        most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 1));
        most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 2));
        shrink[half] = exp2Fast((largest[half] - most) * plan.scale);
        largest[half] = most;
        const float shift = -most * plan.scale;
        float sum = 0;
#pragma unroll
        for (int i = 0; i < kKeys / 8; ++i) {
          float& first = scores[4 * i + 2 * half];
          float& second = scores[4 * i + 2 * half + 1];
          first = exp2Fast(fmaf(first, plan.scale, shift));
          second = exp2Fast(fmaf(second, plan.scale, shift));
          sum += first + second;
        }
        total[half] = fmaf(total[half], shrink[half], sum);
      }
    };
    const auto pack = [&] {
#pragma unroll
      for (int i = 0; i < kKeys / 8; ++i)
#pragma unroll
        for (int half = 0; half < 2; ++half)
          weights[i / 2][i % 2 * 2 + half] = packHalves(scores[4 * i + 2 * half], scores[4 * i + 2 * half + 1]);
    };
    barrierWait(queriesFull, 0);
    barrierWait(full, 0);
    score(keys);
    matrixWait<0>();
    pin(scores);
    soften();
    pack();
    int stage = 1;
    int before = 0;
    unsigned parity = 0;
    for (int tile = 1; tile < tiles; ++tile) {
      barrierWait(full + 8 * stage, parity);
      score(keys + stage * 2 * kKeyBytes);
      collect(keys + before * 2 * kKeyBytes);
      // Exponents of this tile are taken while the values of the last are summed.
      matrixWait<1>();
      pin(scores);
      soften();
      matrixWait<0>();
      pin(result);
      if (speaks) barrierArrive(empty + 8 * before);
#pragma unroll
      for (int i = 0; i < kHead / 2; ++i) result[i] *= shrink[i / 2 % 2];
      pack();
      before = stage;
      if (++stage == kStages) {
        stage = 0;
        parity ^= 1;
      }
    }
    collect(keys + before * 2 * kKeyBytes);
    matrixWait<0>();
    pin(result);
    float share[2];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      float sum = total[half];
      sum += __shfl_xor_sync(0xffffffffu, sum, 1);
      sum += __shfl_xor_sync(0xffffffffu, sum, 2);
      share[half] = 1.0f / sum;
    }
    // The group's queries are no longer needed: their place takes the results on their way out.
    const unsigned staging = own + warp * 16 * kRowBytes;
#pragma unroll
    for (int quarter = 0; quarter < kHead / 16; ++quarter) {
      const int at = quarter * 8;
      const int stagedRow = lane % 16;
      const int segment = quarter * 2 + lane / 16;
      storeMatrices(staging + static_cast<unsigned>(stagedRow * kRowBytes + ((segment ^ (stagedRow % 8)) * 16)),
                    packHalves(result[at] * share[0], result[at + 1] * share[0]),
                    packHalves(result[at + 2] * share[1], result[at + 3] * share[1]),
                    packHalves(result[at + 4] * share[0], result[at + 5] * share[0]),
                    packHalves(result[at + 6] * share[1], result[at + 7] * share[1]));
    }
    __syncwarp();
#pragma unroll
    for (int round = 0; round < 4; ++round) {
      const int stagedRow = round * 4 + lane / 8;
      const int segment = lane % 8;
      const uint4 halves =
          loadShared(staging + static_cast<unsigned>(stagedRow * kRowBytes + ((segment ^ (stagedRow % 8)) * 16)));
      const long long row = firstRow + worker * 64 + warp * 16 + stagedRow;
      *reinterpret_cast<uint4*>(plan.out + row * plan.heads * kHead + head * kHead + segment * 8) = halves;
    }
  }
}

}  // namespace sam3

extern "C" __global__ void __launch_bounds__(4 * sam3::kWarpGroup, 1)
    sam3Attention(const __grid_constant__ sam3::TensorMap rows, const __grid_constant__ sam3::AttentionPlan plan) {
  sam3::attend(rows, plan);
}
