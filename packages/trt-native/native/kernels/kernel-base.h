// What the kernels and their CPU twins share, so that both do the same arithmetic in the same order: compiled by nvcc
// and NVRTC for the GPU, by the C++ compiler for the twins. No header of the system is used, as NVRTC has none. Both
// sides are compiled without contraction into fused multiply-adds: that keeps every result equal to the last bit.
#pragma once

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define SAM3_SHARED __host__ __device__ inline
#else
#define SAM3_SHARED inline
#endif

namespace sam3 {

/// Pixels a side of any picture or mask: far above 8K, and its square still fits a 32-bit number.
constexpr int kSideMax = 16384;

/// Between which two samples an output position lies, and how far it is from the first. Tables of these are made once
/// by the host for each geometry, so the kernels divide nothing.
struct Tap {
  int first;
  int second;
  float weight;
};

/// Exact at both ends and for equal samples, which the form with two products is not.
SAM3_SHARED float between(float first, float second, float weight) { return first + (second - first) * weight; }

SAM3_SHARED unsigned floatBits(float value) {
  union {
    float number;
    unsigned bits;
  } both;
  both.number = value;
  return both.bits;
}

SAM3_SHARED float floatOf(unsigned bits) {
  union {
    unsigned bits;
    float number;
  } both;
  both.bits = bits;
  return both.number;
}

/// IEEE binary16 bits of the nearest value, ties to even, as the GPU's own conversion.
SAM3_SHARED unsigned short toHalf(float value) {
#if defined(__CUDA_ARCH__)
  unsigned short half;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(value));
  return half;
#else
  const unsigned bits = floatBits(value);
  const unsigned sign = (bits >> 16) & 0x8000u;
  const unsigned magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return 0x7fff;
  // From 65520 on, the midpoint behind the largest finite value.
  if (magnitude >= 0x477ff000u) return static_cast<unsigned short>(sign | 0x7c00u);
  if (magnitude < 0x38800000u) {
    // Below 2^-14: adding 0.5 leaves the ten bits of a subnormal at the end of the sum, rounded by the addition.
    return static_cast<unsigned short>(sign | (floatBits(floatOf(magnitude) + 0.5f) - 0x3f000000u));
  }
  const unsigned odd = (magnitude >> 13) & 1u;
  return static_cast<unsigned short>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
#endif
}

SAM3_SHARED float fromHalf(unsigned short half) {
#if defined(__CUDA_ARCH__)
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(half));
  return value;
#else
  const unsigned sign = (half & 0x8000u) << 16;
  const unsigned magnitude = half & 0x7fffu;
  if (magnitude >= 0x7c00u) return floatOf(sign | 0x7f800000u | ((magnitude & 0x3ffu) << 13));
  // Shifted into place, the exponent is 112 too small: a product with 2^112 mends normal and subnormal numbers alike.
  return floatOf(sign | floatBits(floatOf(magnitude << 13) * 5.192296858534828e33f));
#endif
}

/// e^x to within two units of the last place, of additions and products alone and so the same everywhere: x = k ln 2 +
/// r, e^r by its series up to the 13th power (the next is below 5e-18), then scaled by 2^k. Below -700 it is 0.
SAM3_SHARED double exponential(double x) {
  if (x != x) return x;
  if (x < -700.0) return 0.0;
  if (x > 700.0) x = 700.0;
  // Adding and taking away 1.5 * 2^52 rounds to an integer.
  const double shift = 6755399441055744.0;
  const double k = (x * 1.4426950408889634 + shift) - shift;
  // ln 2 in two parts: the first has so few bits that its product with k is exact.
  const double r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
  double sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  union {
    unsigned long long bits;
    double number;
  } power;
  power.bits = static_cast<unsigned long long>(1023 + static_cast<int>(k)) << 52;
  return sum * power.number;
}

}  // namespace sam3
