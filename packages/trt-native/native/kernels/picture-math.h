// One output position of a picture that is fitted into a network's input: source bytes in, normalised channels out.
// Bilinear with half-pixel centres; luma and chroma each on their own grid (ITU-T H.273 for matrices and ranges).
#pragma once

#include "kernel-base.h"

namespace sam3 {

enum PictureFormat { kRgb = 0, kRgba = 1, kNv12 = 2 };

/// Everything that one pass over the output needs. Addresses are of the side, host or GPU, that runs it.
struct FitPlan {
  /// Packed pixels, or the luma of NV12.
  const unsigned char* pixels;
  /// Cb and Cr in turns, half as many rows and columns; NV12 only.
  const unsigned char* chroma;
  unsigned long long pitch;
  unsigned long long chromaPitch;
  int format;
  int outWidth;
  int outHeight;
  /// Where the picture goes in the output; the rest is padding.
  int fitX;
  int fitY;
  int fitWidth;
  int fitHeight;
  /// fitWidth and fitHeight entries each; those of chroma for NV12 only.
  const Tap* across;
  const Tap* down;
  const Tap* chromaAcross;
  const Tap* chromaDown;
  /// R = luma + redFromCr Cr and so on, with luma = (Y - lumaOffset) lumaGain.
  float lumaOffset;
  float lumaGain;
  float redFromCr;
  float greenFromCb;
  float greenFromCr;
  float blueFromCb;
  /// Of red, green and blue: value * gain + bias, into this plane of the output.
  float gain[3];
  float bias[3];
  int plane[3];
  float padValue;
  int isHalf;
  void* out;
};

struct Colour {
  float red;
  float green;
  float blue;
};

SAM3_SHARED float byteBetween(const unsigned char* top, const unsigned char* bottom, int first, int second,
                              float across, float down) {
  return between(between(top[first], top[second], across), between(bottom[first], bottom[second], across), down);
}

SAM3_SHARED float toByteRange(float value) { return value < 0.0f ? 0.0f : value > 255.0f ? 255.0f : value; }

SAM3_SHARED Colour packedColour(const FitPlan& plan, const Tap& across, const Tap& down) {
  const int bytes = plan.format == kRgba ? 4 : 3;
  const unsigned char* top = plan.pixels + plan.pitch * static_cast<unsigned>(down.first);
  const unsigned char* bottom = plan.pixels + plan.pitch * static_cast<unsigned>(down.second);
  const int first = across.first * bytes;
  const int second = across.second * bytes;
  return Colour{byteBetween(top, bottom, first, second, across.weight, down.weight),
                byteBetween(top, bottom, first + 1, second + 1, across.weight, down.weight),
                byteBetween(top, bottom, first + 2, second + 2, across.weight, down.weight)};
}

SAM3_SHARED Colour nv12Colour(const FitPlan& plan, const Tap& across, const Tap& down, const Tap& chromaAcross,
                              const Tap& chromaDown) {
  const float y = byteBetween(plan.pixels + plan.pitch * static_cast<unsigned>(down.first),
                              plan.pixels + plan.pitch * static_cast<unsigned>(down.second), across.first,
                              across.second, across.weight, down.weight);
  const unsigned char* top = plan.chroma + plan.chromaPitch * static_cast<unsigned>(chromaDown.first);
  const unsigned char* bottom = plan.chroma + plan.chromaPitch * static_cast<unsigned>(chromaDown.second);
  const int first = chromaAcross.first * 2;
  const int second = chromaAcross.second * 2;
  const float cb = byteBetween(top, bottom, first, second, chromaAcross.weight, chromaDown.weight) - 128.0f;
  const float cr = byteBetween(top, bottom, first + 1, second + 1, chromaAcross.weight, chromaDown.weight) - 128.0f;
  const float luma = (y - plan.lumaOffset) * plan.lumaGain;
  return Colour{toByteRange(luma + plan.redFromCr * cr),
                toByteRange(luma + plan.greenFromCb * cb + plan.greenFromCr * cr),
                toByteRange(luma + plan.blueFromCb * cb)};
}

SAM3_SHARED void storeValue(const FitPlan& plan, int channel, unsigned long long at, float value) {
  const unsigned long long pixels =
      static_cast<unsigned long long>(plan.outWidth) * static_cast<unsigned>(plan.outHeight);
  const unsigned long long index = static_cast<unsigned>(plan.plane[channel]) * pixels + at;
  const float normalised = value * plan.gain[channel] + plan.bias[channel];
  if (plan.isHalf) {
    static_cast<unsigned short*>(plan.out)[index] = toHalf(normalised);
  } else {
    static_cast<float*>(plan.out)[index] = normalised;
  }
}

/// Fills all channels of the output's (x, y).
SAM3_SHARED void fitPixel(const FitPlan& plan, int x, int y) {
  const int column = x - plan.fitX;
  const int row = y - plan.fitY;
  Colour colour{plan.padValue, plan.padValue, plan.padValue};
  if (column >= 0 && column < plan.fitWidth && row >= 0 && row < plan.fitHeight) {
    colour = plan.format == kNv12 ? nv12Colour(plan, plan.across[column], plan.down[row], plan.chromaAcross[column],
                                               plan.chromaDown[row])
                                  : packedColour(plan, plan.across[column], plan.down[row]);
  }
  const unsigned long long at =
      static_cast<unsigned long long>(y) * static_cast<unsigned>(plan.outWidth) + static_cast<unsigned>(x);
  storeValue(plan, 0, at, colour.red);
  storeValue(plan, 1, at, colour.green);
  storeValue(plan, 2, at, colour.blue);
}

}  // namespace sam3
