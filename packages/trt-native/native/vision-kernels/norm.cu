// Layer norms over rows of 1024 halves, a warp a row; the second turns each row into bytes with a step of its own.
#include "hopper.h"

namespace sam3 {

/// Must be equal to its twin in vision-layer.hpp.
struct NormPlan {
  int rows;
  float epsilon;
  const unsigned short* in;
  const float* weight;
  const float* bias;
  void* out;
  /// Of bytes: what one step of each row is worth.
  float* steps;
};

constexpr int kWidth = 1024;
constexpr int kPieces = kWidth / 32 / 8;

__device__ inline float warpSum(float value) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) value += __shfl_xor_sync(0xffffffffu, value, step);
  return value;
}

__device__ inline void normalise(const NormPlan& plan, int row, float (&values)[kPieces][8]) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  float sum = 0;
#pragma unroll
  for (int piece = 0; piece < kPieces; ++piece) {
    const uint4 halves =
        *reinterpret_cast<const uint4*>(plan.in + static_cast<long long>(row) * kWidth + (piece * 32 + lane) * 8);
    const unsigned words[4] = {halves.x, halves.y, halves.z, halves.w};
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      values[piece][2 * i] = lowHalf(words[i]);
      values[piece][2 * i + 1] = highHalf(words[i]);
      sum += values[piece][2 * i] + values[piece][2 * i + 1];
    }
  }
  const float mean = warpSum(sum) / kWidth;
  float squares = 0;
#pragma unroll
  for (int piece = 0; piece < kPieces; ++piece)
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      values[piece][i] -= mean;
      squares = fmaf(values[piece][i], values[piece][i], squares);
    }
  const float scale = rsqrtf(warpSum(squares) / kWidth + plan.epsilon);
#pragma unroll
  for (int piece = 0; piece < kPieces; ++piece) {
    const int column = (piece * 32 + lane) * 8;
#pragma unroll
    for (int i = 0; i < 8; i += 4) {
      const float4 weight = *reinterpret_cast<const float4*>(plan.weight + column + i);
      const float4 bias = *reinterpret_cast<const float4*>(plan.bias + column + i);
      values[piece][i] = fmaf(values[piece][i] * scale, weight.x, bias.x);
      values[piece][i + 1] = fmaf(values[piece][i + 1] * scale, weight.y, bias.y);
      values[piece][i + 2] = fmaf(values[piece][i + 2] * scale, weight.z, bias.z);
      values[piece][i + 3] = fmaf(values[piece][i + 3] * scale, weight.w, bias.w);
    }
  }
}

__device__ inline unsigned fourBytes(const float* values, float scale) {
  unsigned packed = 0;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    int byte;
    asm("cvt.rni.sat.s8.f32 %0, %1;" : "=r"(byte) : "f"(values[i] * scale));
    packed |= (static_cast<unsigned>(byte) & 0xffu) << (8 * i);
  }
  return packed;
}

}  // namespace sam3

extern "C" __global__ void sam3Norm(const __grid_constant__ sam3::NormPlan plan) {
  const int row = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x) / 32;
  if (row >= plan.rows) return;
  float values[sam3::kPieces][8];
  sam3::normalise(plan, row, values);
  const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
  for (int piece = 0; piece < sam3::kPieces; ++piece) {
    const float* from = values[piece];
    *reinterpret_cast<uint4*>(static_cast<unsigned short*>(plan.out) + static_cast<long long>(row) * sam3::kWidth +
                              (piece * 32 + lane) * 8) =
        uint4{sam3::packHalves(from[0], from[1]), sam3::packHalves(from[2], from[3]), sam3::packHalves(from[4], from[5]),
              sam3::packHalves(from[6], from[7])};
  }
}

extern "C" __global__ void sam3NormBytes(const __grid_constant__ sam3::NormPlan plan) {
  const int row = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x) / 32;
  if (row >= plan.rows) return;
  float values[sam3::kPieces][8];
  sam3::normalise(plan, row, values);
  const int lane = static_cast<int>(threadIdx.x) % 32;
  float largest = 1e-6f;
#pragma unroll
  for (int piece = 0; piece < sam3::kPieces; ++piece)
#pragma unroll
    for (int i = 0; i < 8; ++i) largest = fmaxf(largest, fabsf(values[piece][i]));
#pragma unroll
  for (int step = 16; step > 0; step /= 2) largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, step));
  if (lane == 0) plan.steps[row] = largest / 127.0f;
#pragma unroll
  for (int piece = 0; piece < sam3::kPieces; ++piece) {
    *reinterpret_cast<uint2*>(static_cast<signed char*>(plan.out) + static_cast<long long>(row) * sam3::kWidth +
                              (piece * 32 + lane) * 8) =
        uint2{sam3::fourBytes(values[piece], 127.0f / largest), sam3::fourBytes(values[piece] + 4, 127.0f / largest)};
  }
}
