#include "runtime/host_copy.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <vector>

namespace hone {

unsigned CopyThreads(std::uint64_t bytes) {
  constexpr std::uint64_t kMost = 4;
  static const std::uint64_t half = std::thread::hardware_concurrency() / 2;
  return static_cast<unsigned>(std::clamp<std::uint64_t>(bytes / kLeastShare, 1, std::clamp<std::uint64_t>(half, 1, kMost)));
}

void CopyBy(unsigned threads, std::byte* to, const std::byte* from, std::uint64_t bytes) {
  constexpr std::uint64_t kPage = 4 << 10;
  const std::uint64_t share = std::max((bytes / threads + kPage - 1) / kPage * kPage, kPage);
  const auto copy = [=](std::uint64_t at) { std::memcpy(to + at, from + at, std::min(share, bytes - at)); };
  std::vector<std::jthread> helpers;
  helpers.reserve(threads);
  for (std::uint64_t at = share; at < bytes; at += share) {
    try {
      helpers.emplace_back(copy, at);
    } catch (const std::system_error&) {  // no more threads are to be had
      copy(at);
    }
  }
  copy(0);
}

}  // namespace hone
