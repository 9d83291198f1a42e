// Private to runtime/: which way to move bytes between host and device, by what each took before. Knows no Vulkan.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace hone {

enum class TransferWay : std::uint8_t {
  kDirect,  // the host writes or reads the device's memory
  kRing,    // through two halves of host memory, one filled or emptied while the device copies the other
  kImport,  // the device copies from or to the caller's own pages (VK_EXT_external_memory_host)
};
inline constexpr std::size_t kTransferWays = 3;

enum class Direction : std::uint8_t { kUpload, kDownload };

// Sizes that share a power of two are one class. In each, every way that is offered is tried kTrials times, in the
// order of the offer; from then on the one with the least time so far is chosen.
class WayChoice {
 public:
  static constexpr int kTrials = 3;
  // ways: at least one, the likely best first.
  TransferWay Choose(Direction direction, std::uint64_t bytes, std::span<const TransferWay> ways) const;
  bool IsOpen(Direction direction, std::uint64_t bytes, TransferWay way) const;  // it has trials left
  void Learn(Direction direction, std::uint64_t bytes, TransferWay way, double ns);

 private:
  struct Record {
    int tries = 0;
    double least_ns_per_byte = 0;
  };
  using Class = std::array<Record, kTransferWays>;
  std::array<std::array<Class, 65>, 2> records_;  // by direction, by the number of bits in the size
};

}  // namespace hone
