// Private to runtime/: the variant of a pipeline, which nothing needs to know once it is made.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>

#include "db/kernel.h"

namespace hone {

// A Binary, or the bytes of one (BinaryToBytes), parsed when somebody first asks: that takes longer than to make the
// pipeline. Threads: any.
class LazyBinary {
 public:
  explicit LazyBinary(Binary binary) : binary_(std::move(binary)) {}
  LazyBinary(std::shared_ptr<const void> memory, std::string_view bytes) : memory_(std::move(memory)), bytes_(bytes) {}

  const Binary& Get() const {
    std::call_once(once_, [this] {
      if (!bytes_.empty()) binary_ = BinaryFromBytes(bytes_);
      memory_ = nullptr;
    });
    return binary_;
  }

 private:
  mutable std::once_flag once_;
  mutable std::shared_ptr<const void> memory_;  // of bytes_
  const std::string_view bytes_;
  mutable Binary binary_;
};

}  // namespace hone
