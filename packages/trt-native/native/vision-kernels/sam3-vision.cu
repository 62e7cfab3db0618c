// All kernels of the vision encoder as one unit: what nvcc compiles at set-up, and NVRTC where there is no nvcc.
#include "attention.cu"
#include "linear.cu"
#include "norm.cu"
