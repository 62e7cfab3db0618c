// All kernels as one unit: what nvcc compiles at set-up, and NVRTC where there is no nvcc.
#include "boxes.cu"
#include "masks.cu"
#include "pictures.cu"
