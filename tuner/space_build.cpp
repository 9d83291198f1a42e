#include "tuner/space_build.h"

#include <algorithm>
#include <numeric>

namespace hone {
namespace {

// A condition with its answers remembered per combination of its own names, where those are few.
class Table {
 public:
  Table(const std::vector<PartDimension>& dims, const BoundCondition& condition)
      : dims_(dims), condition_(condition), numbers_(condition.dims.size()) {
    constexpr std::size_t kMost = std::size_t{1} << 22;
    std::size_t size = 1;
    for (int d : condition.dims) {
      size *= dims[static_cast<std::size_t>(d)].codes.size();
      if (size > kMost) return;
    }
    answers_.assign(size, kUnknown);
  }

  // at: per PartDimension, the position chosen among its codes.
  bool Holds(const std::vector<std::uint32_t>& at, std::uint64_t* evaluations) {
    std::size_t index = 0;
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      const auto d = static_cast<std::size_t>(condition_.dims[i]);
      index = index * dims_[d].codes.size() + at[d];
      numbers_[i] = dims_[d].numbers[at[d]];
    }
    if (!answers_.empty() && answers_[index] != kUnknown) return answers_[index] == kYes;
    ++*evaluations;
    const bool yes = (*condition_.holds)(numbers_);
    if (!answers_.empty()) answers_[index] = yes ? kYes : kNo;
    return yes;
  }

 private:
  enum : std::uint8_t { kUnknown, kYes, kNo };
  const std::vector<PartDimension>& dims_;
  const BoundCondition& condition_;
  std::vector<double> numbers_;
  std::vector<std::uint8_t> answers_;
};

// Union-find over dimensions: conditions connect.
std::vector<std::vector<int>> Groups(std::size_t count, const std::vector<BoundCondition>& conditions) {
  std::vector<int> parent(count);
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&parent](int x) {
    while (parent[static_cast<std::size_t>(x)] != x) x = parent[static_cast<std::size_t>(x)];
    return x;
  };
  for (const BoundCondition& condition : conditions) {
    for (int d : condition.dims) {
      const int a = root(d), b = root(condition.dims.front());
      parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
    }
  }
  std::vector<std::vector<int>> groups(count);
  for (std::size_t d = 0; d < count; ++d)
    groups[static_cast<std::size_t>(root(static_cast<int>(d)))].push_back(static_cast<int>(d));
  std::erase_if(groups, [](const auto& group) { return group.empty(); });
  return groups;
}

// The order in which a group's dimensions are bound: next the condition that needs the fewest further combinations.
std::vector<int> Order(const std::vector<int>& group, const std::vector<PartDimension>& dims,
                       const std::vector<const BoundCondition*>& conditions) {
  std::vector<int> order;
  const auto bound = [&order](int d) { return std::find(order.begin(), order.end(), d) != order.end(); };
  std::vector<const BoundCondition*> open = conditions;
  while (!open.empty()) {
    const auto combinations = [&](const BoundCondition* condition) {
      double product = 1;
      for (int d : condition->dims)
        product *= bound(d) ? 1 : static_cast<double>(dims[static_cast<std::size_t>(d)].codes.size());
      return product;
    };
    const auto next =
        std::min_element(open.begin(), open.end(), [&](auto* a, auto* b) { return combinations(a) < combinations(b); });
    for (int d : (*next)->dims) {
      if (!bound(d)) order.push_back(d);
    }
    open.erase(next);
  }
  for (int d : group) {
    if (!bound(d)) order.push_back(d);
  }
  return order;
}

// Depth-first enumeration of one group.
class Enumeration {
 public:
  Enumeration(const std::vector<int>& group, const std::vector<PartDimension>& dims,
              const std::vector<const BoundCondition*>& conditions, std::uint64_t* evaluations)
      : dims_(dims), group_(group), order_(Order(group, dims, conditions)), at_(dims.size(), 0), evaluations_(evaluations) {
    due_.resize(order_.size() + 1);
    for (const BoundCondition* condition : conditions) {
      std::size_t last = 0;  // after how many bound dimensions it can be checked
      for (int d : condition->dims) {
        last = std::max<std::size_t>(last,
                                     static_cast<std::size_t>(std::find(order_.begin(), order_.end(), d) - order_.begin()) + 1);
      }
      due_[last].emplace_back(dims, *condition);
    }
  }

  BuiltComponent Run() {
    built_.dims = group_;
    Descend(0);
    SortRows();
    return std::move(built_);
  }

 private:
  void Descend(std::size_t depth) {
    for (Table& table : due_[depth]) {
      if (!table.Holds(at_, evaluations_)) return;
    }
    if (depth == order_.size()) {
      for (int d : group_) built_.rows.push_back(dims_[static_cast<std::size_t>(d)].codes[at_[static_cast<std::size_t>(d)]]);
      ++built_.count;
      return;
    }
    const auto d = static_cast<std::size_t>(order_[depth]);
    for (std::uint32_t i = 0; i < dims_[d].codes.size(); ++i) {
      at_[d] = i;
      Descend(depth + 1);
    }
  }

  void SortRows() {
    if (std::is_sorted(order_.begin(), order_.end())) return;
    const std::size_t width = group_.size();
    std::vector<std::uint64_t> index(built_.count);
    std::iota(index.begin(), index.end(), 0);
    const Code* rows = built_.rows.data();
    std::sort(index.begin(), index.end(), [&](std::uint64_t a, std::uint64_t b) {
      return std::lexicographical_compare(rows + a * width, rows + (a + 1) * width, rows + b * width, rows + (b + 1) * width);
    });
    std::vector<Code> sorted;
    sorted.reserve(built_.rows.size());
    for (std::uint64_t i : index) sorted.insert(sorted.end(), rows + i * width, rows + (i + 1) * width);
    built_.rows = std::move(sorted);
  }

  const std::vector<PartDimension>& dims_;
  const std::vector<int>& group_;
  std::vector<int> order_;
  std::vector<std::uint32_t> at_;
  std::vector<std::vector<Table>> due_;
  std::uint64_t* evaluations_;
  BuiltComponent built_;
};

}  // namespace

std::vector<BuiltComponent> EnumerateComponents(const std::vector<PartDimension>& dims, std::vector<BoundCondition> conditions,
                                                std::uint64_t* evaluations) {
  std::vector<BuiltComponent> components;
  for (BoundCondition& condition : conditions) {  // over no parameter: true or false for the whole part
    if (!condition.dims.empty()) continue;
    ++*evaluations;
    if (!(*condition.holds)({})) return {BuiltComponent{}};
  }
  std::erase_if(conditions, [](const BoundCondition& condition) { return condition.dims.empty(); });
  for (const std::vector<int>& group : Groups(dims.size(), conditions)) {
    std::vector<const BoundCondition*> own;
    for (const BoundCondition& condition : conditions) {
      if (std::find(group.begin(), group.end(), condition.dims.front()) != group.end()) own.push_back(&condition);
    }
    components.push_back(Enumeration(group, dims, own, evaluations).Run());
  }
  return components;
}

}  // namespace hone
