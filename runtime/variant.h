// Private to runtime/: which variant a pipeline is of, and why; nothing needs to know once it is made.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "db/kernel.h"

namespace hone {

struct Variant {
  Binary binary;
  Values problem;           // integers and element types
  std::string explanation;  // of Library's choice
};

// A Variant, or texts of which one is made when somebody first asks: that takes longer than to make the pipeline. Threads: any.
class LazyVariant {
 public:
  // In memory that is kept meanwhile. binary: BinaryToBytes.
  struct Texts {
    std::shared_ptr<const void> memory;
    std::string_view binary, problem, explanation;
  };
  explicit LazyVariant(Variant variant) : variant_(std::move(variant)) {}
  explicit LazyVariant(Texts texts) : texts_(std::move(texts)) {}

  const Variant& Get() const {
    std::call_once(once_, [this] {
      if (!texts_.memory) return;
      variant_ = {BinaryFromBytes(texts_.binary), Values::FromText(texts_.problem), std::string(texts_.explanation)};
      texts_ = {};
    });
    return variant_;
  }

 private:
  mutable std::once_flag once_;
  mutable Texts texts_;
  mutable Variant variant_;
};

}  // namespace hone
