// Private to runtime/: which way to move bytes between host and device, by what each took before. Knows no Vulkan.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hone {

enum class Direction : std::uint8_t { kUpload, kDownload };
const char* ToText(Direction direction);  // "upload", "download"

struct TransferWay {
  enum class Kind : std::uint8_t {
    kDirect,  // the host writes or reads the device's memory
    kRing,    // through the halves of a piece of host memory, one filled or emptied while the device copies the other
    kImport,  // the device copies from or to the caller's own pages (VK_EXT_external_memory_host)
  };
  enum class Queue : std::uint8_t { kCompute, kCopy };  // who copies: the compute queue, or the one for copies alone

  Kind kind = Kind::kDirect;
  Queue queue = Queue::kCompute;  // of kRing and kImport
  std::uint32_t parts = 1;        // of kRing: into how many the bytes are cut
  auto operator<=>(const TransferWay&) const = default;
};

std::string ToText(const TransferWay& way);                        // a plain name: "direct", "ring-4-copy", "import-compute"
std::optional<TransferWay> TransferWayFromText(std::string_view);  // what ToText gave

struct TimedWay {
  Direction direction = Direction::kUpload;
  std::uint64_t bytes = 0;
  TransferWay way;
  double ns = 0;
};

// Of the ways that take at most 3 % longer than the fastest, the one with the fewest submissions: each costs the host time, and
// more on a processor that is farther from the device or busier than when this was measured. ways: at least one.
TimedWay SteadiestOf(std::span<const TimedWay> ways);

// Where a size of at most twice or half as much was measured, the way that was the fastest there. Else, sizes that share a
// power of two are one class: in each, the ways that are offered are tried in turn, kTrials times each, but one that took over
// kHopeless times as long as the best, twice, is tried no more; from then on the steadiest by median is chosen.
// Threads: any.
class WayChoice {
 public:
  static constexpr std::size_t kTrials = 7;
  static constexpr double kHopeless = 1.5;

  struct Choice {
    TransferWay way;
    bool trial = false;  // its time is to be told to Learn
  };
  // ways: at least one, the likely best first.
  Choice Choose(Direction direction, std::uint64_t bytes, std::span<const TransferWay> ways);
  void Learn(Direction direction, std::uint64_t bytes, const TransferWay& way, double ns);

  // Where the fastest ways that were measured are to be had: asked once, when there is first something to choose. Of two that
  // speak of one size the first counts. The owner drops it before it goes.
  using Source = std::function<std::vector<TimedWay>()>;
  void SetSource(const void* owner, Source source);
  void DropSource(const void* owner);

  std::vector<TimedWay> Learnt() const;  // what trials decided, at the least size of each class

 private:
  struct Class {
    std::map<TransferWay, std::vector<double>> tried;  // ns a byte, of each trial
    std::optional<TimedWay> decided;                   // at the least size of the class
  };
  Class& At(Direction direction, std::uint64_t bytes);
  std::optional<TransferWay> Measured(Direction direction, std::uint64_t bytes) const;

  mutable std::mutex mutex_;
  std::map<std::pair<Direction, int>, Class> classes_;            // by direction and the number of bits in the size
  std::array<std::map<std::uint64_t, TransferWay>, 2> measured_;  // by direction, by size
  const void* owner_ = nullptr;                                   // of the source
  Source source_;
};

}  // namespace hone
