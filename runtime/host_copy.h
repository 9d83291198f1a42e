// Private to runtime/: memcpy for what is large, by several threads: one alone does not fill the bandwidth of a server's
// memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hone {

// A share of a thread's own: to start a thread takes as long as to copy a quarter of that.
inline constexpr std::uint64_t kLeastShare = 1 << 20;

unsigned CopyThreads(std::uint64_t bytes);  // at most four, and half of the processor's cores

void CopyBy(unsigned threads, std::byte* to, const std::byte* from, std::uint64_t bytes);

inline void HostCopy(std::byte* to, const std::byte* from, std::uint64_t bytes) {
  if (bytes < 2 * kLeastShare) {
    std::memcpy(to, from, bytes);
  } else {
    CopyBy(CopyThreads(bytes), to, from, bytes);
  }
}

}  // namespace hone
