#include "tools/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "tools/format.h"
#include "tools/terminal.h"

namespace hone {
namespace {

constexpr int kBarWidth = 24;

std::string Bar(std::uint64_t done, std::uint64_t total) {
  const auto filled = static_cast<std::size_t>(std::min<double>(1, double(done) / double(total)) * kBarWidth);
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]";
}

}  // namespace

Progress::Progress(std::string label, Style style)
    : label_(std::move(label)),
      quiet_(style == Style::kQuiet),
      terminal_(IsTerminal(stderr)),
      start_(Clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (pending_) Draw(true);
  if (drawn_) std::fputs("\n", stderr);
}

void Progress::Update(std::uint64_t done, std::uint64_t total, const std::string& best, double seconds_left) {
  if (quiet_) return;
  state_ = {done, total, best, seconds_left};
  pending_ = true;
  const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10000);
  if (Clock::now() - last_ >= pause) Draw(false);
}

void Progress::Draw(bool last) {
  pending_ = false;
  last_ = Clock::now();
  const auto& [done, total, best, known_left] = state_;
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  std::string line = label_ + " ";
  if (total == 0) {
    line += fmt::format("{}", done);
  } else {
    if (terminal_) line += Bar(done, total) + " ";
    line += fmt::format("{}/{}", done, total);
  }
  if (!best.empty()) line += ", best " + best;
  if (last || known_left == 0 || (total != 0 && done >= total)) {
    line += ", " + FormatDuration(seconds);
  } else if (known_left > 0 || (total > done && done > 0)) {
    const double left = known_left > 0 ? known_left : seconds / double(done) * double(total - done);
    line += ", " + FormatDuration(left) + " left";
  }
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K%s", FirstColumns(line, static_cast<std::size_t>(TerminalWidth(stderr)) - 1).c_str());
    drawn_ = true;
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(stderr);
}

void Progress::Say(const std::string& line) {
  std::fprintf(stderr, "%s%s\n", drawn_ ? "\r\033[K" : "", line.c_str());
  drawn_ = false;
}

}  // namespace hone
