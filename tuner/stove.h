// Keeps a GPU busy while its worker compiles, waits or compares, so that its clocks are up when a variant is timed.
//
// An H100 that works a tenth of the time lowers its clock from 1980 to 345 MHz within three seconds (seen 2026-11-25, driver
// 580.159), and 30 ms of warm-up before each variant do not bring it back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace hone {

class Stove {
 public:
  // device: as ContextOptions, of a device of its own inside this process: what a variant does to the worker's does not reach
  // it; nullopt: nothing is burnt. turn_file: by which workers of one device take turns (tuner/turn_lock.h), or "".
  Stove(const std::optional<std::string>& device, const std::string& turn_file);
  ~Stove();
  Stove(const Stove&) = delete;
  Stove& operator=(const Stove&) = delete;

  std::uint64_t dispatches() const;  // so far

  // As long as one lives, the GPU is left alone, by this stove and by other workers; whatever else runs on it needs one, since
  // a driver may give up on a long dispatch that does not make room for another's. The constructor waits for its turn, for what
  // burns (a fraction of a millisecond), and until the GPU is as fast as it has been, at most a second (after that its present
  // speed is the measure).
  class Rest {
   public:
    explicit Rest(Stove& stove);
    ~Rest();
    Rest(const Rest&) = delete;
    Rest& operator=(const Rest&) = delete;

   private:
    Stove& stove_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hone
