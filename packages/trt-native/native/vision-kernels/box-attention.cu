// Attention of a detector's queries on a picture's tokens, with a bias that is the sum of one number for a token's column and
// one for its row: out = softmax(q kᵀ + across[column] + down[row]) v, heads of 32. The bias is never written out. Keys are
// shared out among blocks, and a second kernel joins their parts, since queries alone are too few to fill a GPU.
#include "box-attention.h"

namespace sam3 {

__device__ inline void multiply(float (&sums)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
__device__ inline unsigned halvesOf(float low, float high) {
  unsigned packed;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(high), "f"(low));
  return packed;
}
__device__ inline float2 floatsOf(unsigned packed) {
  float2 both;
  asm("{ .reg .b16 low, high; mov.b32 {low, high}, %2; cvt.f32.f16 %0, low; cvt.f32.f16 %1, high; }"
      : "=f"(both.x), "=f"(both.y)
      : "r"(packed));
  return both;
}
__device__ inline float floatOfHalf(unsigned short half) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(half));
  return value;
}
__device__ inline float power2(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

}  // namespace sam3

extern "C" __global__ void __launch_bounds__(sam3::kBoxThreads)
    sam3BoxAttention(const __grid_constant__ sam3::BoxPlan plan) {
  using namespace sam3;
  constexpr int kPitch = kBoxHead + 8;
  constexpr int kTilesOfKeys = kBoxKeys / 8;
  __shared__ __align__(16) unsigned short keys[kBoxKeys * kPitch];
  __shared__ __align__(16) unsigned short values[kBoxKeys * kPitch];
  extern __shared__ unsigned short biases[];
  const int thread = static_cast<int>(threadIdx.x);
  const int lane = thread % 32;
  const int part = static_cast<int>(blockIdx.x);
  const int head = static_cast<int>(blockIdx.y);
  const int blocksOfQueries = (plan.queries + kBoxQueries - 1) / kBoxQueries;
  const int prompt = static_cast<int>(blockIdx.z) / blocksOfQueries;
  const int firstQuery = static_cast<int>(blockIdx.z) % blocksOfQueries * kBoxQueries;
  const int width = plan.heads * kBoxHead;
  const int tokens = plan.grid * plan.grid;
  const int across = plan.grid + 2;
  const int boxes = plan.boxes == 1 ? 0 : prompt;
  const long long picture = static_cast<long long>(plan.pictures == 1 ? 0 : prompt) * tokens * width;

  // What the queries of the block add for each column; the first query of a prompt has no box.
#pragma unroll 6
  for (int at = thread; at < kBoxQueries * plan.grid; at += kBoxThreads) {
    const int query = firstQuery + at / plan.grid;
    unsigned short value = 0;
    if (query > 0 && query < plan.queries) {
      value = plan.across[((static_cast<long long>(boxes) * (plan.queries - 1) + query - 1) * plan.grid + at % plan.grid) *
                              plan.heads +
                          head];
    }
    biases[at / plan.grid * across + at % plan.grid] = value;
  }

  const int ownQuery = thread / 32 * 16 + lane / 4;
  unsigned query[2][4];
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    const int at = firstQuery + ownQuery + 8 * half;
    const unsigned short* from =
        plan.query + (static_cast<long long>(prompt) * plan.queries + at) * width + head * kBoxHead + 2 * (lane % 4);
#pragma unroll
    for (int step = 0; step < 2; ++step) {
      query[step][half] = at < plan.queries ? *reinterpret_cast<const unsigned*>(from + 16 * step) : 0;
      query[step][2 + half] = at < plan.queries ? *reinterpret_cast<const unsigned*>(from + 16 * step + 8) : 0;
    }
  }

  float result[kBoxHead / 8][4] = {};
  float largest[2] = {-1e30f, -1e30f};
  float total[2] = {0, 0};
  const int rowsOfPart = plan.grid / plan.parts;
  const int rowsOfStep = kBoxKeys / plan.grid;
  for (int row = part * rowsOfPart; row < (part + 1) * rowsOfPart; row += rowsOfStep) {
    const int present = rowsOfStep * plan.grid;
    __syncthreads();
#pragma unroll 5
    for (int at = thread; at < present * (kBoxHead / 8); at += kBoxThreads) {
      const int key = at / (kBoxHead / 8);
      const int piece = at % (kBoxHead / 8) * 8;
      const long long from =
          picture + static_cast<long long>(row * plan.grid + key) * width + head * kBoxHead + piece;
      *reinterpret_cast<uint4*>(&keys[key * kPitch + piece]) = *reinterpret_cast<const uint4*>(plan.key + from);
      *reinterpret_cast<uint4*>(&values[key * kPitch + piece]) = *reinterpret_cast<const uint4*>(plan.value + from);
    }
    __syncthreads();

    float down[2][kBoxRowsMax];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int at = firstQuery + ownQuery + 8 * half;
#pragma unroll
      for (int i = 0; i < kBoxRowsMax; ++i) {
        down[half][i] = 0;
        if (i < rowsOfStep && at > 0 && at < plan.queries) {
          down[half][i] = floatOfHalf(
              plan.down[((static_cast<long long>(boxes) * (plan.queries - 1) + at - 1) * plan.grid + row + i) * plan.heads +
                        head]);
        }
      }
    }

    float scores[kTilesOfKeys][4];
    float most[2] = {largest[0], largest[1]};
#pragma unroll
    for (int tile = 0; tile < kTilesOfKeys; ++tile) {
      scores[tile][0] = scores[tile][1] = scores[tile][2] = scores[tile][3] = 0;
      const unsigned short* from = &keys[(tile * 8 + lane / 4) * kPitch + 2 * (lane % 4)];
#pragma unroll
      for (int step = 0; step < 2; ++step) {
        multiply(scores[tile], query[step], *reinterpret_cast<const unsigned*>(from + 16 * step),
                 *reinterpret_cast<const unsigned*>(from + 16 * step + 8));
      }
      const int rowOfTile = tile * 8 / plan.grid;
      const int column = tile * 8 % plan.grid + 2 * (lane % 4);
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const float2 bias = floatsOf(*reinterpret_cast<const unsigned*>(&biases[(ownQuery + 8 * half) * across + column]));
        float rowBias = down[half][0];
#pragma unroll
        for (int i = 1; i < kBoxRowsMax; ++i) rowBias = rowOfTile == i ? down[half][i] : rowBias;
        scores[tile][2 * half] += bias.x + rowBias;
        scores[tile][2 * half + 1] += bias.y + rowBias;
        most[half] = fmaxf(most[half], fmaxf(scores[tile][2 * half], scores[tile][2 * half + 1]));
      }
    }
    constexpr float kLog2e = 1.4426950408889634f;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      most[half] = fmaxf(most[half], __shfl_xor_sync(0xffffffffu, most[half], 1));
      most[half] = fmaxf(most[half], __shfl_xor_sync(0xffffffffu, most[half], 2));
      const float shrink = power2((largest[half] - most[half]) * kLog2e);
      largest[half] = most[half];
      total[half] *= shrink;
#pragma unroll
      for (int i = 0; i < kBoxHead / 8; ++i) {
        result[i][2 * half] *= shrink;
        result[i][2 * half + 1] *= shrink;
      }
#pragma unroll
      for (int tile = 0; tile < kTilesOfKeys; ++tile) {
#pragma unroll
        for (int i = 0; i < 2; ++i) {
          float& score = scores[tile][2 * half + i];
          score = power2((score - most[half]) * kLog2e);
          total[half] += score;
        }
      }
    }
#pragma unroll
    for (int pair = 0; pair < kTilesOfKeys / 2; ++pair) {
      const float(&even)[4] = scores[2 * pair];
      const float(&odd)[4] = scores[2 * pair + 1];
      const unsigned weights[4] = {halvesOf(even[0], even[1]), halvesOf(even[2], even[3]), halvesOf(odd[0], odd[1]),
                                   halvesOf(odd[2], odd[3])};
#pragma unroll
      for (int two = 0; two < kBoxHead / 16; ++two) {
        unsigned b[4];
        const unsigned address = static_cast<unsigned>(
            __cvta_generic_to_shared(&values[(pair * 16 + lane % 16) * kPitch + two * 16 + lane / 16 * 8]));
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(b[0]), "=r"(b[1]), "=r"(b[2]), "=r"(b[3])
                     : "r"(address));
        multiply(result[2 * two], weights, b[0], b[1]);
        multiply(result[2 * two + 1], weights, b[2], b[3]);
      }
    }
  }
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    total[half] += __shfl_xor_sync(0xffffffffu, total[half], 1);
    total[half] += __shfl_xor_sync(0xffffffffu, total[half], 2);
    const int at = firstQuery + ownQuery + 8 * half;
    if (at >= plan.queries) continue;
    const long long place =
        ((static_cast<long long>(prompt) * plan.parts + part) * plan.heads + head) * plan.queries + at;
    float* to = plan.sums + place * kBoxHead + 2 * (lane % 4);
#pragma unroll
    for (int i = 0; i < kBoxHead / 8; ++i)
      *reinterpret_cast<float2*>(to + 8 * i) = float2{result[i][2 * half], result[i][2 * half + 1]};
    if (lane % 4 == 0) reinterpret_cast<float2*>(plan.scales)[place] = float2{largest[half], total[half]};
  }
}

/// A warp a head of a query, a lane a number of it.
extern "C" __global__ void sam3BoxAttentionJoin(const __grid_constant__ sam3::BoxPlan plan) {
  using namespace sam3;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int head = static_cast<int>(threadIdx.x) / 32;
  const int query = static_cast<int>(blockIdx.x);
  const int prompt = static_cast<int>(blockIdx.y);
  float largest = -1e30f;
  float total = 0;
  float sum = 0;
  for (int part = 0; part < plan.parts; ++part) {
    const long long place =
        ((static_cast<long long>(prompt) * plan.parts + part) * plan.heads + head) * plan.queries + query;
    const float2 scale = reinterpret_cast<const float2*>(plan.scales)[place];
    const float most = fmaxf(largest, scale.x);
    const float mine = power2((largest - most) * 1.4426950408889634f);
    const float its = power2((scale.x - most) * 1.4426950408889634f);
    total = total * mine + scale.y * its;
    sum = sum * mine + plan.sums[place * kBoxHead + lane] * its;
    largest = most;
  }
  unsigned short half;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(sum / total));
  plan.out[((static_cast<long long>(prompt) * plan.queries + query) * plan.heads + head) * kBoxHead + lane] = half;
}
