// The two CUDA handle types that TensorRT's headers name, so that the addon builds on machines without CUDA.
// Ours, not NVIDIA's: the addon calls the CUDA driver through dlopen (native/cuda-driver.hpp) and never the runtime.
#pragma once

typedef struct CUevent_st *cudaEvent_t;
typedef struct CUstream_st *cudaStream_t;
