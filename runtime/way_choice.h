// Private to runtime/: which way to move bytes between host and device, by what each took before. Knows no Vulkan.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

enum class Direction : std::uint8_t { kUpload, kDownload };

struct TransferWay {
  enum class Kind : std::uint8_t {
    kDirect,  // the host writes or reads the device's memory
    kRing,    // through two pieces of host memory, one filled or emptied while the device copies the other
    kImport,  // the device copies from or to the caller's own pages (VK_EXT_external_memory_host)
  };
  enum class Queue : std::uint8_t { kCompute, kCopy };  // who copies: the compute queue, or the one for copies alone

  Kind kind = Kind::kDirect;
  Queue queue = Queue::kCompute;  // of kRing and kImport
  std::uint32_t parts = 1;        // of kRing: into how many the bytes are cut
  auto operator<=>(const TransferWay&) const = default;
};

std::string ToText(const TransferWay& way);                        // "direct", "ring of 4, copy queue", "import, compute queue"
std::optional<TransferWay> TransferWayFromText(std::string_view);  // what ToText gave

// Sizes that share a power of two are one class. In each, the ways that are offered are tried in turn, kTrials times
// each, but one that took over kHopeless times as long as the best, twice, is tried no more. From then on the one with the
// least median is chosen.
class WayChoice {
 public:
  static constexpr std::size_t kTrials = 7;
  static constexpr double kHopeless = 1.5;

  struct Choice {
    TransferWay way;
    bool trial = false;  // its time is to be told to Learn
  };
  // ways: at least one, the likely best first.
  Choice Choose(Direction direction, std::uint64_t bytes, std::span<const TransferWay> ways) const;
  void Learn(Direction direction, std::uint64_t bytes, const TransferWay& way, double ns);

 private:
  using Class = std::map<TransferWay, std::vector<double>>;  // ns a byte, of each trial
  const Class& At(Direction direction, std::uint64_t bytes) const;

  std::array<std::array<Class, 65>, 2> tried_;  // by direction, by the number of bits in the size
};

}  // namespace hone
