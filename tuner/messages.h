// What the messages of protocol.h hold. Each struct writes itself and reads itself back.
// Errors: Read throws ProtocolError (Error for JSON and hashes that are none) on anything but its own writing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/store.h"
#include "tuner/bench.h"
#include "tuner/protocol.h"

namespace hone {

struct HelloMessage {
  std::string device;  // as ContextOptions::device
  BenchOptions options;
  Message Write() const;
  static HelloMessage Read(const Message& message);
};

struct ReadyMessage {
  DeviceInfo device;
  Message Write() const;
  static ReadyMessage Read(const Message& message);
};

// Followed by requests that name no kernel: the latest one is meant.
struct KernelMessage {
  std::shared_ptr<const Kernel> kernel;
  Values types;
  std::optional<Binary> reference;
  Message Write() const;
  static KernelMessage Read(const Message& message);
};

struct MeasureMessage {
  std::uint64_t id = 0;
  BenchRequest request;  // request.binary.kernel: left out, the reader's kernel is put in
  Message Write() const;
  static MeasureMessage Read(const Message& message, std::shared_ptr<const Kernel> kernel);
};

struct ExpectMessage {
  int threads = 1;                        // the first such message starts so many
  std::vector<ExpectedVariant> expected;  // most likely first; goes before what was expected earlier
  Message Write() const;
  static ExpectMessage Read(const Message& message, std::shared_ptr<const Kernel> kernel);
};

struct AheadMessage {
  std::uint64_t number = 0;  // ExpectedVariant::number
  bool begins = true;
  Message Write() const;
  static AheadMessage Read(const Message& message);
};

struct PlayoffMessage {
  std::uint64_t id = 0;
  int rounds = 0;
  std::vector<BenchRequest> requests;
  Message Write() const;
  static PlayoffMessage Read(const Message& message, std::shared_ptr<const Kernel> kernel);
};

struct PhaseMessage {
  std::uint64_t id = 0;
  Phase phase = Phase::kIdle;
  std::string what;
  Message Write() const;
  static PhaseMessage Read(const Message& message);
};

struct ResultMessage {
  std::uint64_t id = 0;
  Measurement measurement;  // kernel, pattern, point, problem: left to the parent, who knows
  bool usable = true;       // false: the worker is about to leave, its device is lost
  Message Write() const;
  static ResultMessage Read(const Message& message);
};

struct RoundMessage {  // an empty list ends a play-off
  std::uint64_t id = 0;
  Round round;
  Message Write() const;
  static RoundMessage Read(const Message& message);
};

struct FailedMessage {
  std::string text;
  Message Write() const;
  static FailedMessage Read(const Message& message);
};

}  // namespace hone
