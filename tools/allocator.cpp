// `operator new` of the hone program: small blocks that were deleted wait in lists of their thread to be used again.
// SPIRV-Tools makes and drops an object for every instruction, operand and use, pass after pass, and malloc's own lists of a
// thread hold 7 blocks of a size. `hone compile` of small kernels spends a fifth less time with this.
//
// Every block comes from malloc and may go back with free: it does not matter which thread, or which library with an
// `operator new` of its own, made or deletes it. A sanitizer must see every deletion; another C library has other sizes.
#include <cstdlib>

#if defined(__GLIBC__) && __SIZEOF_POINTER__ == 8 && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <malloc.h>

#include <array>
#include <cstddef>
#include <new>

namespace hone {
namespace {

constexpr std::size_t kSizes = 32;       // of blocks of up to 8, 24, 40 … 504 bytes: what fits malloc's chunks of 16, 32 …
constexpr unsigned kMostWaiting = 1000;  // blocks of one size: at most 8 MiB a thread in all

constexpr std::size_t SizeIndex(std::size_t bytes) { return (bytes + 7) / 16; }
constexpr std::size_t SizeOf(std::size_t index) { return index * 16 + 8; }

struct Waiting {
  struct Block {
    Block* next;
  };
  struct List {
    Block* first;
    unsigned count;
  };
  std::array<List, kSizes> lists;
  unsigned most;  // 0 before a thread's first deletion and at its end
};

constinit thread_local Waiting waiting{};

void* Take(Waiting::List& list) {
  Waiting::Block* block = list.first;
  list.first = block->next;
  --list.count;
  return block;
}

struct Lifetime {
  Lifetime() { waiting.most = kMostWaiting; }
  ~Lifetime() {
    waiting.most = 0;
    for (Waiting::List& list : waiting.lists) {
      while (list.first) std::free(Take(list));
    }
  }
};

void* Allocate(std::size_t bytes) {
  while (true) {
    if (void* block = std::malloc(bytes)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (!handler) throw std::bad_alloc();
    handler();
  }
}

void Delete(void* block, std::size_t index) noexcept {
  if (index >= kSizes || waiting.lists[index].count >= waiting.most) {
    static thread_local const Lifetime lifetime;
    return std::free(block);
  }
  Waiting::List& list = waiting.lists[index];
  list.first = new (block) Waiting::Block{list.first};
  ++list.count;
}

}  // namespace
}  // namespace hone

void* operator new(std::size_t bytes) {
  const std::size_t index = hone::SizeIndex(bytes);
  if (index >= hone::kSizes) return hone::Allocate(bytes);
  auto& list = hone::waiting.lists[index];
  return list.first ? hone::Take(list) : hone::Allocate(hone::SizeOf(index));
}

void operator delete(void* block, std::size_t bytes) noexcept {
  if (block) hone::Delete(block, hone::SizeIndex(bytes));
}

void operator delete(void* block) noexcept {
  if (block) hone::Delete(block, malloc_usable_size(block) / 16);
}

#endif
