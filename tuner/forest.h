// A forest of extremely randomised trees over the dimensions of a space: predicts a cost with a spread, the chance of failure
// and the seconds a measurement takes.
//
// A split tests one dimension, or a product or quotient of two or three of them (workgroup invocations, bytes of a tile):
// sums and differences of logarithms with random signs. Categorical dimensions split by random subsets.
//
// Source: Geurts, Ernst and Wehenkel, "Extremely randomized trees", Machine Learning 63 (2006); spread as in Hutter, Hoos and
// Leyton-Brown, "Sequential model-based optimization (SMAC)", LION 5 (2011); oblique splits after Breiman (2001), Forest-RC.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tuner/random.h"
#include "tuner/space.h"

namespace hone {

class Forest {
 public:
  struct Options {
    int trees = 24;
    int tries = 0;         // splits tried a node; 0: 4 + 1.5 times the dimensions
    double combine = 0.5;  // share of them that combine dimensions
    int min_leaf = 1;
    double smooth = 0.0;  // floor of a leaf's standard deviation
  };
  struct Sample {
    PointId point;
    float cost;     // what splits explain (failures: as the caller values them)
    float seconds;  // logarithm
    float failed;   // 0 or 1
  };
  struct Prediction {
    double mean = 0, deviation = 0, failed = 0, seconds = 0;
  };

  explicit Forest(const Space& space);  // of which it remembers scales only

  void Fit(const Space& space, std::span<const Sample> samples, const Options& options, Random& random);
  bool fitted() const { return !roots_.empty(); }
  Prediction Predict(std::span<const Code> codes) const;

 private:
  struct Node {
    // kLeaf: left indexes leaves_. kSubset: mask of codes of features[0] that go left. Otherwise a sum of up to three.
    std::int16_t features[3] = {-1, -1, -1};
    std::int8_t signs[3] = {1, 1, 1};
    std::int8_t kind = 0;
    float threshold = 0;
    std::uint64_t mask = 0;
    std::int32_t left = -1, right = -1;
  };
  struct Leaf {
    float mean, variance, failed, seconds;
  };
  struct Growing;

  std::int32_t Grow(Growing& growing, std::size_t begin, std::size_t end);
  std::int32_t AddLeaf(const Growing& growing, std::size_t begin, std::size_t end);
  bool RandomSplit(Growing& growing, std::size_t begin, std::size_t end, Node& node) const;
  double Project(const Node& node, const Code* codes) const;

  // What a split can test. A dimension has its value; where its numbers are not all powers of two also the power of two in
  // them and the odd rest, since hardware likes what divides.
  struct Feature {
    std::size_t dim = 0;
    std::vector<float> values;  // per code, one more for kAbsent at the end; logarithms where positive
    bool categorical = false;
  };
  std::int16_t AddFeature(Feature feature);

  std::vector<Feature> features_;
  std::vector<std::int16_t> single_;                 // features of dimensions with more than one value
  std::vector<std::vector<std::int16_t>> combined_;  // groups of features that add up: logarithms, odd rests, powers
  std::vector<Node> nodes_;
  std::vector<Leaf> leaves_;
  std::vector<std::int32_t> roots_;
};

}  // namespace hone
