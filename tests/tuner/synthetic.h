// Spaces with known costs, for the tests of searches.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "tuner/recording.h"
#include "tuner/space.h"

namespace hone {

inline std::vector<Value> Powers(int from, int to) {
  std::vector<Value> values;
  for (int i = from; i <= to; ++i) values.emplace_back(std::int64_t{1} << i);
  return values;
}
inline std::vector<Value> Range(std::int64_t from, std::int64_t to) {
  std::vector<Value> values;
  for (std::int64_t i = from; i <= to; ++i) values.emplace_back(i);
  return values;
}
inline SpaceCondition ProductAtMost(std::vector<std::string> names, double most) {
  return {std::move(names), [most](std::span<const double> numbers) {
            double product = 1;
            for (double number : numbers) product *= number;
            return product <= most;
          }};
}

// A tiled kernel: cost rises with the distance of log2 X*Y from 8, prefers TILE 4 and VEC 4; too many registers fail.
class TiledObjective : public Objective {
 public:
  explicit TiledObjective(const Space& space, bool failures = false) : space_(space), failures_(failures) {}
  Observation Measure(PointId point) override {
    ++asked;
    const Values at = space_.PointOf(point);
    const auto number = [&](const char* name) { return static_cast<double>(at.Integer(name).value_or(1)); };
    Observation seen{.seconds = 1};
    const double tile = number("TILE") * number("VEC");
    if (failures_ && tile >= 32) {
      seen.outcome = Outcome::kOverLimit;
      seen.seconds = 2;
      return seen;
    }
    const double lanes = std::log2(number("X") * number("Y")) - 8;
    seen.cost = 10 + lanes * lanes + std::pow(std::log2(number("TILE")) - 2, 2) + std::abs(std::log2(number("VEC")) - 2) +
                0.1 * number("PAD") + 0.01 * std::log2(number("X"));
    return seen;
  }
  std::uint64_t asked = 0;

 private:
  const Space& space_;
  bool failures_;
};

inline Space TiledSpace() {
  return Space::FromParts(
      {{.pattern = "tiled",
        .parameters =
            {{"X", Powers(0, 8)}, {"Y", Powers(0, 5)}, {"TILE", Powers(0, 4)}, {"VEC", Powers(0, 2)}, {"PAD", Range(0, 1)}},
        .where = {ProductAtMost({"X", "Y"}, 1024)}}});
}

inline Recording RecordTiled(bool failures, const std::string& name = "tiled") {
  Recording recording{.name = name, .kernel = "tiled", .device = name, .space = TiledSpace()};
  TiledObjective objective(recording.space, failures);
  for (PointId point = 0; point < recording.space.Count(); ++point) recording.seen.push_back(objective.Measure(point));
  return recording;
}

}  // namespace hone
