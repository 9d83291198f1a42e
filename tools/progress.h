// How far a long job is: a bar on a terminal, a plain line now and then elsewhere. Written to stderr.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace hone {

class Progress {
 public:
  enum class Style { kAuto, kQuiet };
  explicit Progress(std::string label, Style style = Style::kAuto);
  ~Progress();  // shows the last state, ends the bar's line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // done of total (0: unknown), a few words about the best so far, and the time left where the caller knows it (negative:
  // it follows from the speed so far). Cheap: draws at most ten times a second, or one line every ten seconds where stderr
  // is no terminal. The last call is always shown.
  void Update(std::uint64_t done, std::uint64_t total, const std::string& best, double seconds_left = -1);

  void Label(std::string label) { label_ = std::move(label); }
  void Say(const std::string& line);  // a line of its own, above the bar

 private:
  using Clock = std::chrono::steady_clock;
  struct State {
    std::uint64_t done = 0, total = 0;
    std::string best;
    double seconds_left = -1;
  };
  void Draw(bool last);

  std::string label_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;  // a bar stands on the current line
  Clock::time_point start_;
  Clock::time_point last_;
  State state_;
  bool pending_ = false;  // state_ has not been drawn
};

}  // namespace hone
