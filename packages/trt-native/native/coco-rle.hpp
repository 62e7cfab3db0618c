// Masks as COCO writes them: run lengths down the columns, zeros first, and their packed text. Source of the format:
// pycocotools' maskApi, rleToString.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sam3 {

struct MaskRuns {
  std::vector<std::uint32_t> runs;
  std::string text;
  /// Pixels inside.
  std::uint64_t area = 0;
};

/// @param changes positions, down the columns, at which inside begins or ends, ascending; the mask has `pixels`
MaskRuns maskRunsOf(const std::uint32_t* changes, std::size_t count, std::uint32_t pixels);

}  // namespace sam3
