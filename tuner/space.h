// A tuning space: the legal points of a kernel on a device, numbered 0 … Count()-1.
//
// Constraints are applied as soon as their names are bound (depth first, the most selective names first), so raw
// combinations are never held. Parameters that no constraint connects fall into independent *components*; only each
// component's legal rows are stored, and the space is their product: 10^7 unconstrained points take a few hundred bytes.
//
// A kernel with several patterns is one space. Its dimensions are "pattern" (categorical) and the union of the patterns'
// parameters by name; a point of a pattern that lacks a parameter has the code kAbsent there. A single pattern has no
// "pattern" dimension. Strategies see codes only: a code is a position in Dimension::values.
//
// Threads: const functions may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/device.h"
#include "db/kernel.h"
#include "db/values.h"
#include "tuner/random.h"

namespace hone {

using PointId = std::uint64_t;
using Code = std::uint16_t;
using Codes = std::vector<Code>;  // one per dimension

inline constexpr Code kAbsent = 0xffff;

struct Dimension {
  enum class Kind { kCategorical, kOrdinal, kLog };
  std::string name;
  std::vector<Value> values;      // integers ascending; words in the manifest's order
  Kind kind = Kind::kOrdinal;     // kLog: steps look geometric (1, 2, 4 …)
  std::vector<double> numbers;    // per value: the integer; a word's bytes if it is a scalar type, else its position
  std::vector<double> positions;  // per value: in [0, 1] on the dimension's own scale
};

// What a space is made from. `holds` gets the numbers of `names`, in that order.
struct SpaceCondition {
  std::vector<std::string> names;
  std::function<bool(std::span<const double>)> holds;
};
struct SpacePart {
  std::string pattern;
  std::vector<std::pair<std::string, std::vector<Value>>> parameters;
  std::vector<SpaceCondition> where;
};

struct RecordedPoint {
  std::string pattern;
  Values values;
};

enum class Neighbourhood {
  kHamming,   // one dimension differs, any value
  kAdjacent,  // one dimension differs, by the nearest legal value up or down (categorical: any value)
};

class Space {
 public:
  // Every pattern of the kernel (or those named) that the device can run. problem: integers and element types.
  // Errors: Error for formulas that cannot be evaluated, with the constraint's place, and for an unknown pattern name.
  static Space FromKernel(const Kernel& kernel, const Values& problem, const DeviceInfo& device,
                          const std::vector<std::string>& patterns = {});
  static Space FromParts(std::vector<SpacePart> parts);
  // A recorded space: exactly these points, duplicates once. Errors: Error when a point of a pattern lacks a name that the
  // pattern's others have.
  static Space FromPoints(const std::vector<RecordedPoint>& points);

  std::uint64_t Count() const { return count_; }
  double RawCount() const { return raw_count_; }  // before constraints
  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  bool has_patterns() const { return parts_.size() > 1; }  // then dimension 0 is "pattern"
  // Formula evaluations that building took.
  std::uint64_t evaluations() const { return evaluations_; }

  void GetCodes(PointId point, std::span<Code> out) const;  // out: dimensions().size()
  Codes CodesOf(PointId point) const;
  std::optional<PointId> Find(std::span<const Code> codes) const;  // nullopt: not legal
  const std::string& PatternOf(PointId point) const;
  Values PointOf(PointId point) const;                                               // parameters only, without "pattern"
  std::optional<PointId> Find(std::string_view pattern, const Values& point) const;  // one pattern: any name matches

  PointId Sample(Random& random) const { return random.Below(count_); }  // uniform over legal points
  // Appends to `out`, in dimension order. A neighbour in another pattern keeps the parameters that both have.
  void Neighbours(PointId point, Neighbourhood kind, std::vector<PointId>& out) const;
  // The legal point nearest to any codes, by Distance; the lowest id wins ties. kAbsent entries do not count.
  PointId Nearest(std::span<const Code> codes) const;
  // Sum over dimensions of |difference of positions|, categorical: 0 or 1.
  double Distance(std::span<const Code> a, std::span<const Code> b) const;

 private:
  struct Component {         // legal rows over some dimensions, sorted, each once
    std::vector<int> dims;   // into dimensions_, ascending
    std::vector<Code> rows;  // Shape: [count][dims.size()]
    std::uint64_t count = 0;
    std::optional<std::uint64_t> Find(std::span<const Code> codes) const;  // codes of the whole space
  };
  struct Part {
    std::string pattern;
    std::vector<Component> components;
    std::uint64_t count = 0, first = 0;  // points, and the id of the first
  };

  void AddDimensions(const std::vector<SpacePart>& parts);
  Part BuildPart(const SpacePart& spec);
  void AddRecordedPart(const SpacePart& spec, std::size_t index, const std::vector<RecordedPoint>& points);
  std::size_t PartOf(PointId point) const;
  double Gap(std::size_t dim, Code a, Code b) const;
  PointId NearestIn(const Part& part, std::span<const Code> codes, double* distance) const;

  std::vector<Dimension> dimensions_;
  std::vector<Part> parts_;
  std::uint64_t count_ = 0, evaluations_ = 0;
  double raw_count_ = 0;
};

}  // namespace hone
