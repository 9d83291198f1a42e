#include "tuner/space.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "db/error.h"
#include "tuner/space_build.h"

namespace hone {
namespace {

double NumberOf(const Value& value, std::size_t position) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  const std::size_t bytes = ScalarBytes(std::get<std::string>(value));
  return bytes > 0 ? static_cast<double>(bytes) : static_cast<double>(position);
}

// Relative spread of the steps between neighbouring values.
double StepSpread(const std::vector<double>& at) {
  double sum = 0, squares = 0;
  const double n = static_cast<double>(at.size() - 1);
  for (std::size_t i = 1; i < at.size(); ++i) {
    const double step = at[i] - at[i - 1];
    sum += step;
    squares += step * step;
  }
  const double mean = sum / n;
  return mean > 0 ? std::sqrt(std::max(0.0, squares / n - mean * mean)) / mean : 0;
}

// Kind, numbers and positions from the values.
void Classify(Dimension& dim) {
  const bool words = std::any_of(dim.values.begin(), dim.values.end(), [](const Value& v) { return v.index() == 1; });
  if (!words) std::sort(dim.values.begin(), dim.values.end());
  for (std::size_t i = 0; i < dim.values.size(); ++i) dim.numbers.push_back(NumberOf(dim.values[i], i));
  dim.positions = dim.numbers;
  dim.kind = words ? Dimension::Kind::kCategorical : Dimension::Kind::kOrdinal;
  if (!words && dim.values.size() >= 3 && dim.numbers.front() > 0) {
    std::vector<double> logs;
    for (double number : dim.numbers) logs.push_back(std::log2(number));
    if (StepSpread(logs) < StepSpread(dim.numbers)) {
      dim.kind = Dimension::Kind::kLog;
      dim.positions = logs;
    }
  }
  const double low = dim.positions.empty() ? 0 : dim.positions.front();
  const double span = dim.positions.empty() ? 0 : dim.positions.back() - low;
  for (double& position : dim.positions) position = span != 0 ? (position - low) / span : 0;
}

}  // namespace

void Space::AddDimensions(const std::vector<SpacePart>& parts) {
  if (parts.size() > 1) {
    Dimension patterns{.name = "pattern"};
    for (const SpacePart& part : parts) patterns.values.emplace_back(part.pattern);
    dimensions_.push_back(std::move(patterns));
  }
  const std::size_t first = dimensions_.size();
  for (const SpacePart& part : parts) {
    for (const auto& [name, values] : part.parameters) {
      auto it = std::find_if(dimensions_.begin() + static_cast<std::ptrdiff_t>(first), dimensions_.end(),
                             [&name = name](const Dimension& d) { return d.name == name; });
      if (it == dimensions_.end()) it = dimensions_.insert(dimensions_.end(), Dimension{.name = name});
      for (const Value& value : values) {
        if (std::find(it->values.begin(), it->values.end(), value) == it->values.end()) it->values.push_back(value);
      }
    }
  }
  for (Dimension& dim : dimensions_) Classify(dim);
}

Space::Part Space::BuildPart(const SpacePart& spec) {
  Part part{.pattern = spec.pattern};
  std::vector<PartDimension> dims;  // ascending in the space's dimensions
  for (std::size_t d = 0; d < dimensions_.size(); ++d) {
    for (const auto& [name, values] : spec.parameters) {
      if (name != dimensions_[d].name || (d == 0 && has_patterns())) continue;
      PartDimension dim{.dim = static_cast<int>(d)};
      for (std::size_t c = 0; c < dimensions_[d].values.size(); ++c) {
        if (std::find(values.begin(), values.end(), dimensions_[d].values[c]) == values.end()) continue;
        dim.codes.push_back(static_cast<Code>(c));
        dim.numbers.push_back(dimensions_[d].numbers[c]);
      }
      dims.push_back(std::move(dim));
    }
  }
  double raw = 1;
  for (const PartDimension& dim : dims) raw *= static_cast<double>(dim.codes.size());
  raw_count_ += raw;

  std::vector<BoundCondition> conditions;
  for (const SpaceCondition& condition : spec.where) {
    BoundCondition bound{.holds = &condition.holds};
    for (const std::string& name : condition.names) {
      const auto it = std::find_if(dims.begin(), dims.end(), [&](const PartDimension& dim) {
        return dimensions_[static_cast<std::size_t>(dim.dim)].name == name;
      });
      assert(it != dims.end());
      bound.dims.push_back(static_cast<int>(it - dims.begin()));
    }
    conditions.push_back(std::move(bound));
  }
  part.count = 1;
  for (const BuiltComponent& built : EnumerateComponents(dims, std::move(conditions), &evaluations_)) {
    Component component{.rows = built.rows, .count = built.count};
    for (int local : built.dims) component.dims.push_back(dims[static_cast<std::size_t>(local)].dim);
    part.count *= built.count;
    part.components.push_back(std::move(component));
  }
  return part;
}

Space Space::FromParts(std::vector<SpacePart> specs) {
  Space space;
  space.parts_.resize(specs.size());  // has_patterns() from here on
  space.AddDimensions(specs);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Part part = space.BuildPart(specs[i]);
    part.first = space.count_;
    space.count_ += part.count;
    space.parts_[i] = std::move(part);
  }
  return space;
}

Space Space::FromPoints(const std::vector<RecordedPoint>& points) {
  std::vector<SpacePart> specs;
  for (const RecordedPoint& point : points) {
    auto spec = std::find_if(specs.begin(), specs.end(), [&](const SpacePart& s) { return s.pattern == point.pattern; });
    if (spec == specs.end()) spec = specs.insert(specs.end(), SpacePart{.pattern = point.pattern});
    auto& known = spec->parameters;
    for (const auto& [name, value] : point.values.items()) {
      auto it = std::find_if(known.begin(), known.end(), [&name = name](const auto& p) { return p.first == name; });
      if (it == known.end()) it = known.insert(known.end(), {name, {}});
      if (std::find(it->second.begin(), it->second.end(), value) == it->second.end()) it->second.push_back(value);
    }
  }
  Space space;
  space.parts_.resize(specs.size());
  space.AddDimensions(specs);
  for (std::size_t i = 0; i < specs.size(); ++i) space.AddRecordedPart(specs[i], i, points);
  return space;
}

void Space::AddRecordedPart(const SpacePart& spec, std::size_t index, const std::vector<RecordedPoint>& points) {
  Component component;
  double raw = 1;
  for (std::size_t d = has_patterns() ? 1 : 0; d < dimensions_.size(); ++d) {
    for (const auto& [name, values] : spec.parameters) {
      if (name != dimensions_[d].name) continue;
      component.dims.push_back(static_cast<int>(d));
      raw *= static_cast<double>(values.size());
    }
  }
  std::vector<Codes> rows;
  for (const RecordedPoint& point : points) {
    if (point.pattern != spec.pattern) continue;
    Codes row;
    for (int d : component.dims) {
      const Dimension& dim = dimensions_[static_cast<std::size_t>(d)];
      const Value* value = point.values.Find(dim.name);
      if (!value) throw Error("recorded point '" + point.values.ToText() + "' has no value for '" + dim.name + "'");
      row.push_back(static_cast<Code>(std::find(dim.values.begin(), dim.values.end(), *value) - dim.values.begin()));
    }
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  for (const Codes& row : rows) component.rows.insert(component.rows.end(), row.begin(), row.end());
  component.count = rows.size();
  Part& part = parts_[index];
  part.pattern = spec.pattern;
  part.first = count_;
  part.count = component.count;
  part.components.push_back(std::move(component));
  count_ += part.count;
  raw_count_ += raw;
}

std::size_t Space::PartOf(PointId point) const {
  std::size_t part = 0;
  while (part + 1 < parts_.size() && point >= parts_[part].first + parts_[part].count) ++part;
  return part;
}

void Space::GetCodes(PointId point, std::span<Code> out) const {
  assert(point < count_ && out.size() == dimensions_.size());
  std::fill(out.begin(), out.end(), kAbsent);
  const std::size_t index = PartOf(point);
  const Part& part = parts_[index];
  if (has_patterns()) out[0] = static_cast<Code>(index);
  std::uint64_t rest = point - part.first;
  for (const Component& component : part.components) {
    const std::size_t width = component.dims.size();
    const Code* row = component.rows.data() + (rest % component.count) * width;
    rest /= component.count;
    for (std::size_t i = 0; i < width; ++i) out[static_cast<std::size_t>(component.dims[i])] = row[i];
  }
}

Codes Space::CodesOf(PointId point) const {
  Codes codes(dimensions_.size());
  GetCodes(point, codes);
  return codes;
}

std::optional<std::uint64_t> Space::Component::Find(std::span<const Code> codes) const {
  const std::size_t width = dims.size();
  std::uint64_t low = 0, high = count;
  while (low < high) {
    const std::uint64_t middle = (low + high) / 2;
    const Code* row = rows.data() + middle * width;
    int order = 0;
    for (std::size_t i = 0; i < width && order == 0; ++i) {
      order = static_cast<int>(row[i]) - static_cast<int>(codes[static_cast<std::size_t>(dims[i])]);
    }
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::optional<PointId> Space::Find(std::span<const Code> codes) const {
  const std::size_t index = has_patterns() ? codes[0] : 0;
  if (index >= parts_.size() || parts_[index].count == 0) return std::nullopt;
  std::uint64_t inner = 0, stride = 1;
  for (const Component& component : parts_[index].components) {
    const auto row = component.Find(codes);
    if (!row) return std::nullopt;
    inner += *row * stride;
    stride *= component.count;
  }
  return parts_[index].first + inner;
}

const std::string& Space::PatternOf(PointId point) const { return parts_[PartOf(point)].pattern; }

Values Space::PointOf(PointId point) const {
  const Codes codes = CodesOf(point);
  Values values;
  for (std::size_t d = has_patterns() ? 1 : 0; d < codes.size(); ++d) {
    if (codes[d] != kAbsent) values.Set(dimensions_[d].name, dimensions_[d].values[codes[d]]);
  }
  return values;
}

std::optional<PointId> Space::Find(std::string_view pattern, const Values& point) const {
  Codes codes(dimensions_.size(), kAbsent);
  std::size_t used = 0, d = 0;
  if (has_patterns()) {
    const auto it = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) { return part.pattern == pattern; });
    if (it == parts_.end()) return std::nullopt;
    codes[d++] = static_cast<Code>(it - parts_.begin());
  }
  for (; d < dimensions_.size(); ++d) {
    const Value* value = point.Find(dimensions_[d].name);
    if (!value) continue;
    const auto& values = dimensions_[d].values;
    const auto it = std::find(values.begin(), values.end(), *value);
    if (it == values.end()) return std::nullopt;
    codes[d] = static_cast<Code>(it - values.begin());
    ++used;
  }
  const auto found = used == point.size() ? Find(codes) : std::nullopt;
  if (found && PointOf(*found).size() != point.size()) return std::nullopt;  // a parameter that this pattern lacks
  return found;
}

double Space::Gap(std::size_t dim, Code a, Code b) const {
  if (a == b || a == kAbsent || b == kAbsent) return 0;
  if (dimensions_[dim].kind == Dimension::Kind::kCategorical) return 1;
  return std::abs(dimensions_[dim].positions[a] - dimensions_[dim].positions[b]);
}

double Space::Distance(std::span<const Code> a, std::span<const Code> b) const {
  double sum = 0;
  for (std::size_t d = 0; d < dimensions_.size(); ++d) sum += Gap(d, a[d], b[d]);
  return sum;
}

PointId Space::NearestIn(const Part& part, std::span<const Code> codes, double* distance) const {
  std::uint64_t inner = 0, stride = 1;
  *distance = 0;
  for (const Component& component : part.components) {
    const std::size_t width = component.dims.size();
    std::uint64_t best = 0;
    double least = 1e300;
    for (std::uint64_t r = 0; r < component.count && least > 0; ++r) {
      double sum = 0;
      for (std::size_t i = 0; i < width && sum < least; ++i) {
        const auto d = static_cast<std::size_t>(component.dims[i]);
        sum += Gap(d, component.rows[r * width + i], codes[d]);
      }
      if (sum < least) {
        least = sum;
        best = r;
      }
    }
    *distance += least;
    inner += best * stride;
    stride *= component.count;
  }
  return part.first + inner;
}

PointId Space::Nearest(std::span<const Code> codes) const {
  if (const auto exact = Find(codes)) return *exact;
  double least = 1e300;
  PointId best = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].count == 0) continue;
    double distance = 0;
    const PointId point = NearestIn(parts_[i], codes, &distance);
    if (has_patterns()) distance += Gap(0, codes[0], static_cast<Code>(i));
    if (distance < least) {
      least = distance;
      best = point;
    }
  }
  return best;
}

void Space::Neighbours(PointId point, Neighbourhood kind, std::vector<PointId>& out) const {
  Codes codes = CodesOf(point);
  for (std::size_t d = 0; d < codes.size(); ++d) {
    const Code here = codes[d];
    if (here == kAbsent) continue;
    if (d == 0 && has_patterns()) {
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        double distance = 0;
        if (i != here && parts_[i].count > 0) out.push_back(NearestIn(parts_[i], codes, &distance));
      }
      continue;
    }
    const auto count = static_cast<int>(dimensions_[d].values.size());
    const auto try_code = [&](int code) {
      codes[d] = static_cast<Code>(code);
      const auto found = Find(codes);
      if (found) out.push_back(*found);
      return found.has_value();
    };
    if (kind == Neighbourhood::kHamming || dimensions_[d].kind == Dimension::Kind::kCategorical) {
      for (int code = 0; code < count; ++code) {
        if (code != here) try_code(code);
      }
    } else {
      for (int code = here - 1; code >= 0 && !try_code(code); --code) {
      }
      for (int code = here + 1; code < count && !try_code(code); ++code) {
      }
    }
    codes[d] = here;
  }
}

}  // namespace hone
