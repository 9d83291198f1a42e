#include "db/outcome.h"

#include <array>
#include <utility>

namespace hone {
namespace {

constexpr std::array kTexts{
    std::pair{Outcome::kOk, std::string_view("ok")},
    std::pair{Outcome::kCompileError, std::string_view("compile error")},
    std::pair{Outcome::kOverLimit, std::string_view("over limit")},
    std::pair{Outcome::kWrongResult, std::string_view("wrong result")},
    std::pair{Outcome::kTimeout, std::string_view("timeout")},
    std::pair{Outcome::kCrash, std::string_view("crash")},
    std::pair{Outcome::kDeviceLost, std::string_view("device lost")},
    std::pair{Outcome::kOutOfDeviceMemory, std::string_view("out of device memory")},
    std::pair{Outcome::kOutOfHostMemory, std::string_view("out of host memory")},
    std::pair{Outcome::kDriverError, std::string_view("driver error")},
    std::pair{Outcome::kPending, std::string_view("pending")},
    std::pair{Outcome::kTooSlow, std::string_view("too slow")},
};

}  // namespace

std::string_view ToText(Outcome outcome) {
  for (const auto& [known, text] : kTexts) {
    if (known == outcome) return text;
  }
  return "unknown";
}

std::optional<Outcome> OutcomeFromText(std::string_view text) {
  for (const auto& [known, known_text] : kTexts) {
    if (known_text == text) return known;
  }
  return std::nullopt;
}

std::optional<Outcome> OutcomeFromNumber(std::int64_t number) {
  if (number < 0 || number >= static_cast<std::int64_t>(kTexts.size())) return std::nullopt;
  return static_cast<Outcome>(number);
}

}  // namespace hone
