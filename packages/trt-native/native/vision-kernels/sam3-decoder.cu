// The kernels of the prompt decoder as one unit; any GPU since Ampere runs them.
#include "box-attention.cu"
