// What a benchmark of the runtime found, as a table or, with --json, as one JSON object a line.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace hone {

inline double Milliseconds(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

inline double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

// The median distance from the median: how far samples scatter.
inline double Scatter(std::vector<double> values) {
  const double median = Median(values);
  for (double& value : values) value = std::abs(value - median);
  return Median(std::move(values));
}

class Figures {
 public:
  Figures(int count, char** arguments) {
    for (int i = 1; i < count; ++i) {
      if (!std::strcmp(arguments[i], "--json")) {
        json_ = true;
      } else {
        others_.push_back(arguments[i]);
      }
    }
  }
  const std::vector<std::string>& others() const { return others_; }  // arguments that are not ours
  bool json() const { return json_; }

  void Title(const std::string& text) const {
    if (!json_) std::printf("%s\n", text.c_str());
  }
  // Gives the median.
  double Add(const char* what, std::vector<double> samples, const char* unit) const {
    if (samples.empty()) return 0;
    const double median = Median(samples), best = std::ranges::min(samples);
    std::printf(
        json_ ? "{\"what\":\"%s\",\"median\":%.6g,\"best\":%.6g,\"unit\":\"%s\"}\n" : "%-44s median %10.4g, best %10.4g %s\n",
        what, median, best, unit);
    return median;
  }
  void Ratio(const char* what, double ratio) const {
    std::printf(json_ ? "{\"what\":\"%s\",\"ratio\":%.4g}\n" : "%-44s %.3g x\n", what, ratio);
  }

 private:
  bool json_ = false;
  std::vector<std::string> others_;
};

}  // namespace hone
