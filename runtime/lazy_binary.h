// Private to runtime/: the variant of a pipeline, which nothing needs to know once it is made.
#pragma once

#include <mutex>
#include <string>

#include "db/kernel.h"

namespace hone {

// A Binary, or the bytes of one (BinaryToBytes), parsed when somebody first asks: that takes longer than to make the
// pipeline. Threads: any.
class LazyBinary {
 public:
  explicit LazyBinary(Binary binary) : binary_(std::move(binary)) {}
  explicit LazyBinary(std::string bytes) : bytes_(std::move(bytes)) {}

  const Binary& Get() const {
    std::call_once(once_, [this] {
      if (!bytes_.empty()) binary_ = BinaryFromBytes(bytes_);
      bytes_ = {};
    });
    return binary_;
  }

 private:
  mutable std::once_flag once_;
  mutable std::string bytes_;
  mutable Binary binary_;
};

}  // namespace hone
