// Linear layers on Hopper, with what follows them done on the way out: out = act(in * weightᵀ + bias) [+ residual].
// One warp group brings boxes of both matrices into shared memory, the others multiply 64 rows each; blocks stay and take
// one tile after the other, so that boxes of the next tile arrive while this one is written.
#include "products.h"

namespace sam3 {

/// Must be equal to its twin in vision-layer.hpp.
struct LinearPlan {
  /// Steps of 128 bytes along the inner side.
  int steps;
  int rows;
  int columns;
  int rowTiles;
  int tiles;
  /// Rows of the rotary table; a row of the matrix takes the one of its number modulo this.
  int rotaryRows;
  /// Columns below are rotated: those of queries and keys.
  int rotaryColumns;
  const float* bias;
  /// Cosine and sine of each pair of a head's columns.
  const float2* rotary;
  const unsigned short* residual;
  /// Of 8-bit inputs: what one step of a row, and of a column, is worth.
  const float* rowScale;
  const float* columnScale;
  /// Of 8-bit results: number = value * outScale + outShift.
  const float* outScale;
  const float* outShift;
  void* out;
};

enum class Then { kNothing, kRotate, kGelu, kGeluBytes, kResidual };

/// Columns that a warp stages at once on their way out.
constexpr int kChunk = 64;
constexpr int kHead = 64;
/// Staged bytes of a warp: 16 rows of kChunk halves.
constexpr int kStagedBytes = 16 * kChunk * 2;

/// GELU to 3e-5, with a tanh of the hardware in place of an erf.
__device__ inline float gelu(float x) {
  const float square = fminf(x * x, 25.0f);
  const float slope = fmaf(square, fmaf(square, -3.515517e-4f, 3.700580e-2f), 0.79750776f);
  const float half = 0.5f * x;
  return fmaf(half, tanhFast(x * slope), half);
}

template <typename Element>
struct SumOf;
template <>
struct SumOf<unsigned short> {
  using Type = float;
};
template <>
struct SumOf<signed char> {
  using Type = int;
};

/// Numbers of a tile's columns that its results need, in shared memory; and, in registers, what they need of its rows.
template <Then kThen, int kColumns>
struct Extras {
  unsigned columns;
  float rowScale[2] = {1, 1};
  /// Cosine and sine, of both rows of a thread, of each of its pairs in a head.
  float2 turns[kThen == Then::kRotate ? 2 : 1][kThen == Then::kRotate ? kHead / 8 : 1];
  uint4 residual[kThen == Then::kResidual ? kColumns / kChunk : 1][4];

  __device__ float2 column(int kind, int at) const {
    float2 value;
    asm volatile("ld.shared.v2.f32 {%0, %1}, [%2];"
                 : "=f"(value.x), "=f"(value.y)
                 : "r"(columns + static_cast<unsigned>(kind * kColumns + at) * 4));
    return value;
  }
};

constexpr int kBiasKind = 0;
constexpr int kScaleKind = 1;
constexpr int kOutScaleKind = 2;
constexpr int kOutShiftKind = 3;
constexpr int kKinds = 4;

/// Fetched while the tile's products go on.
template <typename Element, Then kThen, int kColumns>
__device__ inline void fetchColumns(const LinearPlan& plan, const Extras<kThen, kColumns>& extras, int firstColumn) {
  const float* kinds[kKinds] = {plan.bias, plan.columnScale, plan.outScale, plan.outShift};
#pragma unroll
  for (int kind = 0; kind < kKinds; ++kind) {
    if (kind == kScaleKind && sizeof(Element) != 1) continue;
    if (kind >= kOutScaleKind && kThen != Then::kGeluBytes) continue;
    for (int at = static_cast<int>(threadIdx.x) % kWarpGroup * 2; at < kColumns; at += kWarpGroup * 2) {
      const float2 value = firstColumn + at < plan.columns
                               ? *reinterpret_cast<const float2*>(kinds[kind] + firstColumn + at)
                               : float2{0, 0};
      asm volatile("st.shared.v2.f32 [%0], {%1, %2};" ::"r"(extras.columns + static_cast<unsigned>(kind * kColumns + at) * 4),
                   "f"(value.x), "f"(value.y)
                   : "memory");
    }
  }
}

template <typename Element, Then kThen, int kColumns>
__device__ inline void fetchRows(const LinearPlan& plan, Extras<kThen, kColumns>& extras, int firstRow, int firstColumn) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int row = firstRow + lane / 4;
  if constexpr (sizeof(Element) == 1) {
    if (plan.rowScale) {
      extras.rowScale[0] = row < plan.rows ? plan.rowScale[row] : 0;
      extras.rowScale[1] = row + 8 < plan.rows ? plan.rowScale[row + 8] : 0;
    }
  }
  if constexpr (kThen == Then::kRotate) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const float2* turns = plan.rotary + (row + 8 * half) % plan.rotaryRows * (kHead / 2) + lane % 4;
#pragma unroll
      for (int i = 0; i < kHead / 8; ++i) extras.turns[half][i] = turns[4 * i];
    }
  }
  if constexpr (kThen == Then::kResidual) {
#pragma unroll
    for (int chunk = 0; chunk < kColumns / kChunk; ++chunk) {
#pragma unroll
      for (int round = 0; round < 4; ++round) {
        const int from = firstRow + round * 4 + lane / 8;
        const int column = firstColumn + chunk * kChunk + lane % 8 * 8;
        if (from < plan.rows && column < plan.columns) {
          const unsigned short* source = plan.residual + static_cast<long long>(from) * plan.columns + column;
          uint4& target = extras.residual[chunk][round];
          asm volatile("ld.global.v4.b32 {%0, %1, %2, %3}, [%4];"
                       : "=r"(target.x), "=r"(target.y), "=r"(target.z), "=r"(target.w)
                       : "l"(source));
        }
      }
    }
  }
}

/// The eight numbers of a thread in two neighbouring groups of eight columns: [group][row][pair].
template <typename Element, Then kThen, int kColumns>
__device__ inline void finish(const Extras<kThen, kColumns>& extras, float (&values)[8], int column, bool rotates) {
#pragma unroll
  for (int group = 0; group < 2; ++group) {
    const int at = column + 8 * group + 2 * (static_cast<int>(threadIdx.x) % 4);
    const float2 bias = extras.column(kBiasKind, at);
    float2 scale{1, 1};
    if constexpr (sizeof(Element) == 1) scale = extras.column(kScaleKind, at);
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      float& first = values[4 * group + 2 * half];
      float& second = values[4 * group + 2 * half + 1];
      if constexpr (sizeof(Element) == 1) {
        first = fmaf(first, scale.x * extras.rowScale[half], bias.x);
        second = fmaf(second, scale.y * extras.rowScale[half], bias.y);
      } else {
        first += bias.x;
        second += bias.y;
      }
      if constexpr (kThen == Then::kRotate) {
        if (rotates) {
          const float2 turn = extras.turns[half][column % kHead / 8 + group];
          const float turned = first * turn.x - second * turn.y;
          second = fmaf(second, turn.x, first * turn.y);
          first = turned;
        }
      }
      if constexpr (kThen == Then::kGelu || kThen == Then::kGeluBytes) {
        first = gelu(first);
        second = gelu(second);
      }
    }
  }
}

__device__ inline unsigned toByte(float value) {
  int byte;
  asm("cvt.rni.sat.s8.f32 %0, %1;" : "=r"(byte) : "f"(value));
  return static_cast<unsigned>(byte) & 0xffu;
}
__device__ inline unsigned addPairs(unsigned a, unsigned b) {
  return packHalves(lowHalf(a) + lowHalf(b), highHalf(a) + highHalf(b));
}

template <typename Element, Then kThen, int kColumns>
__device__ inline void writeTile(const LinearPlan& plan, typename SumOf<Element>::Type (&sums)[kColumns / 2],
                                 const Extras<kThen, kColumns>& extras, unsigned staging, int firstRow, int firstColumn) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
  for (int chunk = 0; chunk < kColumns / kChunk; ++chunk) {
    const int chunkColumn = firstColumn + chunk * kChunk;
    if (chunkColumn >= plan.columns) break;
    const bool rotates = chunkColumn < plan.rotaryColumns;
    if constexpr (kThen == Then::kGeluBytes) {
#pragma unroll
      for (int quarter = 0; quarter < kChunk / 32; ++quarter) {
        unsigned packed[2][2];
#pragma unroll
        for (int pair = 0; pair < 2; ++pair) {
          float values[8];
          const int within = chunk * kChunk + quarter * 32 + pair * 16;
#pragma unroll
          for (int i = 0; i < 8; ++i) values[i] = static_cast<float>(sums[within / 2 + i]);
          finish<Element, kThen>(extras, values, within, rotates);
#pragma unroll
          for (int group = 0; group < 2; ++group) {
            const int at = within + 8 * group + 2 * (lane % 4);
            const float2 scale = extras.column(kOutScaleKind, at);
            const float2 shift = extras.column(kOutShiftKind, at);
#pragma unroll
            for (int half = 0; half < 2; ++half) {
              const unsigned two = toByte(fmaf(values[4 * group + 2 * half], scale.x, shift.x)) |
                                   toByte(fmaf(values[4 * group + 2 * half + 1], scale.y, shift.y)) << 8;
              // The bytes of two groups side by side: columns 2i, 2i+1, 2i+8, 2i+9. The next layer's weights expect it.
              packed[pair][half] = group == 0 ? two : packed[pair][half] | two << 16;
            }
          }
        }
        const int stagedRow = lane % 16;
        const int segment = quarter * 2 + lane / 16;
        storeMatrices(staging + static_cast<unsigned>(stagedRow * kChunk + ((segment ^ (stagedRow / 2 % 4)) * 16)),
                      packed[0][0], packed[0][1], packed[1][0], packed[1][1]);
      }
      __syncwarp();
#pragma unroll
      for (int round = 0; round < 2; ++round) {
        const int stagedRow = round * 8 + lane / 4;
        const int segment = lane % 4;
        const uint4 bytes =
            loadShared(staging + static_cast<unsigned>(stagedRow * kChunk + ((segment ^ (stagedRow / 2 % 4)) * 16)));
        if (firstRow + stagedRow < plan.rows) {
          *reinterpret_cast<uint4*>(static_cast<signed char*>(plan.out) +
                                    static_cast<long long>(firstRow + stagedRow) * plan.columns + chunkColumn +
                                    segment * 16) = bytes;
        }
      }
    } else {
#pragma unroll
      for (int quarter = 0; quarter < kChunk / 16; ++quarter) {
        float values[8];
        const int within = chunk * kChunk + quarter * 16;
#pragma unroll
        for (int i = 0; i < 8; ++i) values[i] = static_cast<float>(sums[within / 2 + i]);
        finish<Element, kThen>(extras, values, within, rotates);
        const int stagedRow = lane % 16;
        const int segment = quarter * 2 + lane / 16;
        storeMatrices(staging + static_cast<unsigned>(stagedRow * kChunk * 2 + ((segment ^ (stagedRow % 8)) * 16)),
                      packHalves(values[0], values[1]), packHalves(values[2], values[3]), packHalves(values[4], values[5]),
                      packHalves(values[6], values[7]));
      }
      __syncwarp();
#pragma unroll
      for (int round = 0; round < 4; ++round) {
        const int stagedRow = round * 4 + lane / 8;
        const int segment = lane % 8;
        uint4 halves =
            loadShared(staging + static_cast<unsigned>(stagedRow * kChunk * 2 + ((segment ^ (stagedRow % 8)) * 16)));
        if constexpr (kThen == Then::kResidual) {
          const uint4& residual = extras.residual[chunk][round];
          halves = uint4{addPairs(halves.x, residual.x), addPairs(halves.y, residual.y), addPairs(halves.z, residual.z),
                         addPairs(halves.w, residual.w)};
        }
        if (firstRow + stagedRow < plan.rows) {
          *reinterpret_cast<uint4*>(static_cast<unsigned short*>(plan.out) +
                                    static_cast<long long>(firstRow + stagedRow) * plan.columns + chunkColumn +
                                    segment * 8) = halves;
        }
      }
    }
    __syncwarp();
  }
}

template <typename Element, Then kThen, int kGroups, int kColumns, int kStages>
__device__ inline void linear(const TensorMap& inputMap, const TensorMap& weightMap, const LinearPlan& plan) {
  using Sum = typename SumOf<Element>::Type;
  constexpr int kRows = 64 * kGroups;
  constexpr unsigned kInputBytes = kRows * kRowBytes;
  constexpr unsigned kStageBytes = kInputBytes + kColumns * kRowBytes;
  constexpr int kInner = kRowBytes / static_cast<int>(sizeof(Element));
  extern __shared__ __align__(1024) unsigned char shared[];
  const unsigned base = sharedAddress(shared);
  const unsigned staging = base + kStages * kStageBytes;
  const unsigned columnBytes = staging + kGroups * 4 * kStagedBytes;
  const unsigned full = columnBytes + kGroups * kKinds * kColumns * 4;
  const unsigned empty = full + 8 * kStages;
  const int group = static_cast<int>(threadIdx.x) / kWarpGroup;
  if (threadIdx.x == 0) {
    prefetchMap(inputMap);
    prefetchMap(weightMap);
#pragma unroll
    for (int stage = 0; stage < kStages; ++stage) {
      barrierInit(full + 8 * stage, 1);
      barrierInit(empty + 8 * stage, kGroups);
    }
    barrierFence();
  }
  __syncthreads();
  const int firstTile = static_cast<int>(blockIdx.x);
  const int tileStep = static_cast<int>(gridDim.x);
  if (group == 0) {
    fewerRegisters<40>();
    if (threadIdx.x == 0) {
      int stage = 0;
      unsigned parity = 1;
      for (int tile = firstTile; tile < plan.tiles; tile += tileStep) {
        const int row = tile % plan.rowTiles * kRows;
        const int column = tile / plan.rowTiles * kColumns;
        for (int step = 0; step < plan.steps; ++step) {
          const unsigned target = base + stage * kStageBytes;
          barrierWait(empty + 8 * stage, parity);
          barrierExpect(full + 8 * stage, kStageBytes);
          copyBox(target, inputMap, full + 8 * stage, step * kInner, row);
          copyBox(target + kInputBytes, weightMap, full + 8 * stage, step * kInner, column);
          if (++stage == kStages) {
            stage = 0;
            parity ^= 1;
          }
        }
      }
    }
  } else {
    moreRegisters<232>();
    const int worker = group - 1;
    const int warp = static_cast<int>(threadIdx.x) / 32 - 4;
    const bool speaks = threadIdx.x % kWarpGroup == 0;
    int stage = 0;
    unsigned parity = 0;
    for (int tile = firstTile; tile < plan.tiles; tile += tileStep) {
      Sum sums[kColumns / 2];
      Extras<kThen, kColumns> extras;
      extras.columns = columnBytes + worker * kKinds * kColumns * 4;
      const int ownRow = tile % plan.rowTiles * kRows + worker * 64 + warp % 4 * 16;
      const int ownColumn = tile / plan.rowTiles * kColumns;
      fetchColumns<Element, kThen, kColumns>(plan, extras, ownColumn);
      int before = 0;
      for (int step = 0; step < plan.steps; ++step) {
        barrierWait(full + 8 * stage, parity);
        const unsigned input = base + stage * kStageBytes + worker * 64 * kRowBytes;
        const unsigned weight = base + stage * kStageBytes + kInputBytes;
        pin(sums);
        matrixFence();
#pragma unroll
        for (int part = 0; part < 4; ++part)
          product(sums, matrixDescriptor(input + part * 32), matrixDescriptor(weight + part * 32), step + part != 0);
        matrixCommit();
        pin(sums);
        matrixWait<1>();
        if (step > 0 && speaks) barrierArrive(empty + 8 * before);
        before = stage;
        if (++stage == kStages) {
          stage = 0;
          parity ^= 1;
        }
      }
      fetchRows<Element, kThen, kColumns>(plan, extras, ownRow, ownColumn);
      // What the group fetched of the columns is there for all of it.
      asm volatile("bar.sync %0, 128;" ::"r"(group) : "memory");
      matrixWait<0>();
      pin(sums);
      if (speaks) barrierArrive(empty + 8 * before);
      writeTile<Element, kThen, kColumns>(plan, sums, extras, staging + warp * kStagedBytes, ownRow, ownColumn);
      asm volatile("bar.sync %0, 128;" ::"r"(group) : "memory");
    }
  }
}

}  // namespace sam3

#define SAM3_LINEAR(name, Element, then, groups, columns, stages)                                                  \
  extern "C" __global__ void __launch_bounds__((groups + 1) * sam3::kWarpGroup, 1)                                  \
      name(const __grid_constant__ sam3::TensorMap input, const __grid_constant__ sam3::TensorMap weight,           \
           const __grid_constant__ sam3::LinearPlan plan) {                                                         \
    sam3::linear<Element, sam3::Then::then, groups, columns, stages>(input, weight, plan);                          \
  }

SAM3_LINEAR(sam3LinearRotate, unsigned short, kRotate, 2, 192, 4)
SAM3_LINEAR(sam3LinearGelu, unsigned short, kGelu, 2, 256, 4)
SAM3_LINEAR(sam3LinearResidual, unsigned short, kResidual, 2, 192, 4)
SAM3_LINEAR(sam3BytesRotate, signed char, kRotate, 2, 192, 4)
SAM3_LINEAR(sam3BytesGelu, signed char, kGeluBytes, 2, 256, 4)
SAM3_LINEAR(sam3BytesResidual, signed char, kResidual, 2, 192, 4)
