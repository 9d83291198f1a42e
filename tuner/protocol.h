// How the tuner and its worker processes talk: messages over one stream socket.
//
// A message is a header of 16 bytes and a payload: magic "hone" (4 bytes), version (2), type (2), payload size (8). Payloads
// are written by Writer and read by Reader, field by field; a Reader never reads outside its bytes. Numbers are as they lie in
// memory: both ends are on one machine.
// Either side may be hostile by accident (a driver that prints to every descriptor, a worker of another version), so that
// anything unexpected is a ProtocolError, which the parent treats as the death of the worker.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/error.h"

namespace hone {

constexpr std::uint16_t kProtocolVersion = 5;
constexpr std::uint64_t kMaxPayload = std::uint64_t{256} << 20;

class ProtocolError : public Error {
 public:
  using Error::Error;
};

class GoneError : public ProtocolError {  // the other end is closed
 public:
  using ProtocolError::ProtocolError;
};

enum class MessageType : std::uint16_t {
  kHello = 1,    // parent: who you are to be; first message
  kReady = 2,    // worker: the device
  kKernel = 3,   // parent: a kernel and its reference
  kMeasure = 4,  // parent: one variant
  kPlayoff = 5,  // parent: several variants, interleaved
  kPhase = 6,    // worker: what it is doing now
  kResult = 7,   // worker: answer to kMeasure
  kRound = 8,    // worker: one round of a play-off
  kError = 9,    // worker: an hone::Error that a person must fix
  kQuit = 10,    // parent: finish
  kExpect = 11,  // parent: variants that will be measured soon
  kAhead = 12,   // worker: begins or has ended to make the pipelines of one of those
  kLast = kAhead,
};

struct Message {
  MessageType type = MessageType::kHello;
  std::string payload;
};

class Writer {
 public:
  void U64(std::uint64_t value) { Append(&value, sizeof value); }
  void I64(std::int64_t value) { U64(static_cast<std::uint64_t>(value)); }
  void F64(double value) { Append(&value, sizeof value); }
  void Bool(bool value) { U64(value); }
  void Text(std::string_view text);
  void Words(std::span<const std::uint32_t> words);
  void Doubles(std::span<const double> values);
  std::string Take() { return std::move(bytes_); }

 private:
  void Append(const void* from, std::size_t size) { bytes_.append(static_cast<const char*>(from), size); }
  std::string bytes_;
};

class Reader {  // Errors: every call throws ProtocolError when the bytes end early or a count is absurd
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t U64();
  std::int64_t I64() { return static_cast<std::int64_t>(U64()); }
  double F64();
  bool Bool();
  std::string Text();
  std::vector<std::uint32_t> Words();
  std::vector<double> Doubles();
  std::uint64_t Count(std::uint64_t item_bytes);  // a count of items that at least fit into what is left
  void End() const;                               // Errors: bytes are left over

 private:
  std::string_view Take(std::uint64_t size);
  template <typename Number>
  std::vector<Number> Numbers();
  std::string_view rest_;
};

// One end of the socket. Owns the descriptor. Not for two threads at once in one direction.
class Channel {
 public:
  explicit Channel(int fd) : fd_(fd) {}
  Channel(Channel&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Channel& operator=(Channel&&) noexcept;
  ~Channel() { Close(); }

  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  void Close();

  // Errors: GoneError.
  void Send(const Message& message);

  enum class Status { kMessage, kClosed, kTimedOut, kStopped };
  struct Received {
    Status status = Status::kClosed;
    Message message;
  };
  // Waits for a whole message until `deadline`; `stop` is asked every 50 ms. Errors: ProtocolError for garbage.
  Received Receive(std::optional<std::chrono::steady_clock::time_point> deadline = {}, const std::function<bool()>& stop = {});

 private:
  Status ReadExactly(char* to, std::size_t size, std::optional<std::chrono::steady_clock::time_point> deadline,
                     const std::function<bool()>& stop);
  int fd_;
};

}  // namespace hone
