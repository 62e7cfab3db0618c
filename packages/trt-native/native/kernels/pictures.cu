// A picture into a network's input in one pass: one thread fills all channels of one output position.
#include "picture-math.h"

extern "C" __global__ void sam3FitPicture(sam3::FitPlan plan) {
  const int x = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int y = static_cast<int>(blockIdx.y * blockDim.y + threadIdx.y);
  if (x < plan.outWidth && y < plan.outHeight) sam3::fitPixel(plan, x, y);
}
