// Geometry of a fitted picture and of an enlarged mask as tables of taps, made on the host for kernels and twins alike.
#pragma once

#include <vector>

#include "frame-kernels.hpp"

namespace sam3 {

struct FitTables {
  std::vector<Tap> across;
  std::vector<Tap> down;
  std::vector<Tap> chromaAcross;
  std::vector<Tap> chromaDown;
};

FitTables fitTables(const FitRequest& request);

/// All of a plan but its addresses.
FitPlan fitPlan(const FitRequest& request);

struct MaskTables {
  std::vector<Tap> across;
  std::vector<Tap> down;
};

MaskTables maskTables(const MaskRequest& request);

}  // namespace sam3
