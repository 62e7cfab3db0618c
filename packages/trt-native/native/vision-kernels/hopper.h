// Hopper's own instructions, each as a function: barriers in shared memory, the bulk tensor copy engine, and matrix
// products of a warp group. No header of the system is used, as NVRTC has none. Layouts as in NVIDIA's "PTX ISA".
#pragma once

namespace sam3 {

/// A CUtensorMap: what the copy engine must know of a matrix in GPU memory. Made by the host.
struct alignas(64) TensorMap {
  unsigned long long opaque[16];
};

constexpr int kWarpGroup = 128;
/// Bytes of one row in shared memory: what one swizzle pattern spans.
constexpr int kRowBytes = 128;

__device__ inline unsigned sharedAddress(const void* pointer) {
  return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

__device__ inline void barrierInit(unsigned barrier, unsigned count) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(count));
}
__device__ inline void barrierExpect(unsigned barrier, unsigned bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes) : "memory");
}
__device__ inline void barrierArrive(unsigned barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}
__device__ inline void barrierWait(unsigned barrier, unsigned parity) {
  asm volatile(
      "{\n"
      ".reg .pred done;\n"
      "again:\n"
      "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
      "@done bra finished;\n"
      "bra again;\n"
      "finished:\n"
      "}\n" ::"r"(barrier),
      "r"(parity)
      : "memory");
}
/// Makes fresh barriers known to the copy engine.
__device__ inline void barrierFence() {
  asm volatile("fence.mbarrier_init.release.cluster;\nfence.proxy.async.shared::cta;" ::: "memory");
}

/// A box of the matrix, from (column, row) on, to shared memory; `barrier` learns of its bytes.
__device__ inline void copyBox(unsigned target, const TensorMap& map, unsigned barrier, int column, int row) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], [%2];" ::"r"(
          target),
      "l"(reinterpret_cast<unsigned long long>(&map)), "r"(barrier), "r"(column), "r"(row)
      : "memory");
}
__device__ inline void prefetchMap(const TensorMap& map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(reinterpret_cast<unsigned long long>(&map)) : "memory");
}

template <int kCount>
__device__ inline void moreRegisters() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kCount));
}
template <int kCount>
__device__ inline void fewerRegisters() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kCount));
}

/// Rows of 128 bytes in groups of eight, 128-byte swizzle: both for rows along the product's inner side and, with the
/// instruction's transpose bit, for rows across it.
__device__ inline unsigned long long matrixDescriptor(unsigned address) {
  constexpr unsigned long long kSwizzle128 = 1ull << 62;
  constexpr unsigned long long kGroupStride = static_cast<unsigned long long>(8 * kRowBytes >> 4) << 32;
  constexpr unsigned long long kUnused = 1ull << 16;
  return kSwizzle128 | kGroupStride | kUnused | ((address & 0x3ffffu) >> 4);
}

__device__ inline void matrixFence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ inline void matrixCommit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
template <int kPending>
__device__ inline void matrixWait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}
/// Keeps the compiler from moving uses of the sums across.
template <typename Sum, int kCount>
__device__ inline void pin(Sum (&sums)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
    if constexpr (sizeof(Sum) == 4 && static_cast<Sum>(0.5f) != static_cast<Sum>(0)) {
      asm volatile("" : "+f"(sums[i])::"memory");
    } else {
      asm volatile("" : "+r"(sums[i])::"memory");
    }
  }
}

__device__ inline unsigned packHalves(float low, float high) {
  unsigned packed;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(high), "f"(low));
  return packed;
}
__device__ inline float lowHalf(unsigned packed) {
  float value;
  asm("{ .reg .b16 low, high; mov.b32 {low, high}, %1; cvt.f32.f16 %0, low; }" : "=f"(value) : "r"(packed));
  return value;
}
__device__ inline float highHalf(unsigned packed) {
  float value;
  asm("{ .reg .b16 low, high; mov.b32 {low, high}, %1; cvt.f32.f16 %0, high; }" : "=f"(value) : "r"(packed));
  return value;
}
/// Four 8 x 8 matrices of 16-bit numbers from the registers of a warp to rows in shared memory.
__device__ inline void storeMatrices(unsigned address, unsigned a, unsigned b, unsigned c, unsigned d) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(address), "r"(a), "r"(b), "r"(c),
               "r"(d)
               : "memory");
}
__device__ inline uint4 loadShared(unsigned address) {
  uint4 value;
  asm volatile("ld.shared.v4.b32 {%0, %1, %2, %3}, [%4];"
               : "=r"(value.x), "=r"(value.y), "=r"(value.z), "=r"(value.w)
               : "r"(address)
               : "memory");
  return value;
}
__device__ inline float exp2Fast(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}
__device__ inline float tanhFast(float x) {
  float y;
  asm("tanh.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

}  // namespace sam3
