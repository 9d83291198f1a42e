#include "tuner/forest.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace hone {
namespace {
enum : std::int8_t { kSum = 0, kSubset = 1, kLeaf = 2 };
}

struct Forest::Growing {
  std::vector<Code> codes;  // Shape: [samples][width]
  std::size_t width = 0;
  std::span<const Sample> samples;
  std::vector<std::uint32_t> order, spare;
  std::vector<float> projected;
  const Options& options;
  int tries;
  Random& random;
};

Forest::Forest(const Space& space) {
  std::vector<std::int16_t> logarithms, odds, powers;
  for (std::size_t d = 0; d < space.dimensions().size(); ++d) {
    const Dimension& dim = space.dimensions()[d];
    if (dim.values.size() < 2) continue;
    const bool categorical = dim.kind == Dimension::Kind::kCategorical;
    const bool positive = !categorical && std::all_of(dim.numbers.begin(), dim.numbers.end(), [](double x) { return x >= 1; });
    Feature value{.dim = d, .categorical = categorical}, odd{.dim = d}, power{.dim = d};
    bool all_powers = true;
    for (double number : dim.numbers) {
      value.values.push_back(static_cast<float>(positive ? std::log2(number) : number));
      if (!positive) continue;
      const auto integer = static_cast<std::uint64_t>(number);
      const int zeros = std::countr_zero(integer);
      power.values.push_back(static_cast<float>(zeros));
      odd.values.push_back(static_cast<float>(std::log2(static_cast<double>(integer >> zeros))));
      all_powers = all_powers && std::has_single_bit(integer);
    }
    value.values.push_back(positive ? 0.0f : -1.0f);  // absent
    const std::int16_t index = AddFeature(std::move(value));
    if (!positive) continue;
    logarithms.push_back(index);
    if (all_powers) continue;
    odd.values.push_back(0);
    power.values.push_back(0);
    odds.push_back(AddFeature(std::move(odd)));
    powers.push_back(AddFeature(std::move(power)));
  }
  for (auto* group : {&logarithms, &odds, &powers}) {
    if (group->size() > 1) combined_.push_back(std::move(*group));
  }
}

std::int16_t Forest::AddFeature(Feature feature) {
  features_.push_back(std::move(feature));
  single_.push_back(static_cast<std::int16_t>(features_.size() - 1));
  return single_.back();
}

double Forest::Project(const Node& node, const Code* codes) const {
  const auto at = [&](int i) {
    const Feature& feature = features_[static_cast<std::size_t>(node.features[i])];
    return feature.values[std::min<std::size_t>(codes[feature.dim], feature.values.size() - 1)];
  };
  float sum = at(0) * node.signs[0];
  if (node.features[1] >= 0) sum += at(1) * node.signs[1];
  if (node.features[2] >= 0) sum += at(2) * node.signs[2];
  return sum;
}

bool Forest::RandomSplit(Growing& growing, std::size_t begin, std::size_t end, Node& node) const {
  Random& random = growing.random;
  node = Node{};
  if (single_.empty()) return false;
  if (!combined_.empty() && random.Chance(growing.options.combine)) {
    // Logarithms half of the time: they are what most costs follow.
    const auto& group = combined_[random.Chance(0.5) ? 0 : random.Below(combined_.size())];
    const std::size_t terms = group.size() >= 3 && random.Chance(0.3) ? 3 : 2;
    for (std::size_t i = 0; i < terms; ++i) {
      node.features[i] = group[random.Below(group.size())];
      node.signs[i] = i > 0 && random.Chance(0.35) ? -1 : 1;
      for (std::size_t j = 0; j < i; ++j) {
        if (node.features[j] == node.features[i]) return false;
      }
    }
  } else {
    node.features[0] = single_[random.Below(single_.size())];
    if (features_[static_cast<std::size_t>(node.features[0])].categorical) {
      node.kind = kSubset;
      node.mask = random.Next();
      return true;
    }
  }
  float low = 1e30f, high = -1e30f;
  for (std::size_t i = begin; i < end; ++i) {
    const float at = static_cast<float>(Project(node, growing.codes.data() + growing.order[i] * growing.width));
    growing.projected[i] = at;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  if (!(high > low)) return false;
  node.threshold = static_cast<float>(random.Uniform(low, high));
  return true;
}

std::int32_t Forest::AddLeaf(const Growing& growing, std::size_t begin, std::size_t end) {
  double n = 0, sum = 0, squares = 0, failed = 0, seconds = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const Sample& sample = growing.samples[growing.order[i]];
    ++n;
    sum += sample.cost;
    squares += static_cast<double>(sample.cost) * sample.cost;
    failed += sample.failed;
    seconds += sample.seconds;
  }
  const double mean = sum / n, variance = std::max(squares / n - mean * mean, growing.options.smooth * growing.options.smooth);
  leaves_.push_back({static_cast<float>(mean), static_cast<float>(variance), static_cast<float>(failed / n),
                     static_cast<float>(seconds / n)});
  Node leaf;
  leaf.kind = kLeaf;
  leaf.left = static_cast<std::int32_t>(leaves_.size() - 1);
  nodes_.push_back(leaf);
  return static_cast<std::int32_t>(nodes_.size() - 1);
}

std::int32_t Forest::Grow(Growing& growing, std::size_t begin, std::size_t end) {
  const std::size_t count = end - begin;
  const auto goes_left = [&](const Node& node, std::size_t i) {
    if (node.kind == kSubset)
      return ((node.mask >>
               (growing.codes[growing.order[i] * growing.width + features_[static_cast<std::size_t>(node.features[0])].dim] &
                63)) &
              1) != 0;
    return growing.projected[i] <= node.threshold;
  };
  bool pure = true;
  for (std::size_t i = begin + 1; i < end && pure; ++i)
    pure = growing.samples[growing.order[i]].cost == growing.samples[growing.order[begin]].cost;
  Node best;
  double best_gain = 0;
  if (!pure && count > static_cast<std::size_t>(growing.options.min_leaf)) {
    double total = 0;
    for (std::size_t i = begin; i < end; ++i) total += growing.samples[growing.order[i]].cost;
    for (int t = 0; t < growing.tries; ++t) {
      Node node;
      if (!RandomSplit(growing, begin, end, node)) continue;
      double left = 0, left_count = 0;
      for (std::size_t i = begin; i < end; ++i) {
        if (!goes_left(node, i)) continue;
        left += growing.samples[growing.order[i]].cost;
        ++left_count;
      }
      const double right_count = static_cast<double>(count) - left_count, right = total - left;
      if (left_count < 1 || right_count < 1) continue;
      const double n = static_cast<double>(count);
      const double gain = left * left / left_count + right * right / right_count - total * total / n + 1e-12;
      if (gain <= best_gain) continue;
      best_gain = gain;
      best = node;
    }
  }
  if (best_gain <= 0) return AddLeaf(growing, begin, end);
  if (best.kind == kSum) {
    for (std::size_t i = begin; i < end; ++i) {
      growing.projected[i] = static_cast<float>(Project(best, growing.codes.data() + growing.order[i] * growing.width));
    }
  }
  std::size_t front = begin, back = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (goes_left(best, i)) {
      growing.order[front++] = growing.order[i];
    } else {
      growing.spare[back++] = growing.order[i];
    }
  }
  std::copy_n(growing.spare.begin(), back, growing.order.begin() + static_cast<std::ptrdiff_t>(front));
  const auto index = static_cast<std::size_t>(nodes_.size());
  nodes_.push_back(best);
  const std::int32_t left = Grow(growing, begin, front), right = Grow(growing, front, end);
  nodes_[index].left = left;
  nodes_[index].right = right;
  return static_cast<std::int32_t>(index);
}

void Forest::Fit(const Space& space, std::span<const Sample> samples, const Options& options, Random& random) {
  nodes_.clear();
  leaves_.clear();
  roots_.clear();
  if (samples.empty()) return;
  const std::size_t width = space.dimensions().size();
  Growing growing{.codes = std::vector<Code>(samples.size() * width),
                  .width = width,
                  .samples = samples,
                  .order = {},
                  .spare = std::vector<std::uint32_t>(samples.size()),
                  .projected = std::vector<float>(samples.size()),
                  .options = options,
                  .tries = options.tries > 0 ? options.tries : 4 + static_cast<int>(1.5 * static_cast<double>(single_.size())),
                  .random = random};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    space.GetCodes(samples[i].point, std::span(growing.codes).subspan(i * width, width));
  }
  growing.order.resize(samples.size());
  for (int t = 0; t < options.trees; ++t) {
    std::iota(growing.order.begin(), growing.order.end(), 0u);
    roots_.push_back(Grow(growing, 0, samples.size()));
  }
}

Forest::Prediction Forest::Predict(std::span<const Code> codes) const {
  double mean = 0, squares = 0, variance = 0, failed = 0, seconds = 0;
  for (std::int32_t root : roots_) {
    const Node* node = &nodes_[static_cast<std::size_t>(root)];
    while (node->kind != kLeaf) {
      bool left;
      if (node->kind == kSubset) {
        left = ((node->mask >> (codes[features_[static_cast<std::size_t>(node->features[0])].dim] & 63)) & 1) != 0;
      } else {
        left = static_cast<float>(Project(*node, codes.data())) <= node->threshold;
      }
      node = &nodes_[static_cast<std::size_t>(left ? node->left : node->right)];
    }
    const Leaf& leaf = leaves_[static_cast<std::size_t>(node->left)];
    mean += leaf.mean;
    squares += static_cast<double>(leaf.mean) * leaf.mean;
    variance += leaf.variance;
    failed += leaf.failed;
    seconds += leaf.seconds;
  }
  const double n = static_cast<double>(roots_.size());
  mean /= n;
  return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean) + variance / n), failed / n, seconds / n};
}

}  // namespace hone
