#include "coco-rle.hpp"

namespace sam3 {

namespace {

/// Six bits a character from here on: five of the number, one that says that more follow.
constexpr char kFirstCharacter = 48;
constexpr std::int64_t kBits = 5;
constexpr std::int64_t kMore = 1 << kBits;
constexpr std::int64_t kSign = 1 << (kBits - 1);

void appendNumber(std::string& text, std::int64_t rest) {
  for (;;) {
    const std::int64_t bits = rest & (kMore - 1);
    rest >>= kBits;
    const bool isLast = bits & kSign ? rest == -1 : rest == 0;
    text.push_back(static_cast<char>(kFirstCharacter + (isLast ? bits : bits | kMore)));
    if (isLast) return;
  }
}

}  // namespace

MaskRuns maskRunsOf(const std::uint32_t* changes, std::size_t count, std::uint32_t pixels) {
  MaskRuns mask;
  mask.runs.resize(count + 1);
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i <= count; ++i) {
    const std::uint32_t at = i < count ? changes[i] : pixels;
    mask.runs[i] = at - previous;
    previous = at;
    if (i % 2 == 1) mask.area += mask.runs[i];
    // From the fourth number on, each is written as the difference to the one before the last.
    appendNumber(mask.text,
                 i > 2 ? std::int64_t{mask.runs[i]} - std::int64_t{mask.runs[i - 2]} : std::int64_t{mask.runs[i]});
  }
  return mask;
}

}  // namespace sam3
