#include "tuner/protocol.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "tuner/clock.h"

namespace hone {
namespace {

constexpr char kMagic[4] = {'h', 'o', 'n', 'e'};
constexpr std::size_t kHeaderBytes = 16;

void PutLittle(char* to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to[i] = static_cast<char>(value >> (8 * i));
}
std::uint64_t GetLittle(const char* from, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
  return value;
}

}  // namespace

void Writer::U64(std::uint64_t value) {
  char raw[8];
  PutLittle(raw, value, 8);
  bytes_.append(raw, 8);
}
void Writer::F64(double value) { U64(std::bit_cast<std::uint64_t>(value)); }
void Writer::Text(std::string_view text) {
  U64(text.size());
  bytes_.append(text);
}
void Writer::Words(std::span<const std::uint32_t> words) {
  U64(words.size());
  for (const std::uint32_t word : words) {
    char raw[4];
    PutLittle(raw, word, 4);
    bytes_.append(raw, 4);
  }
}
void Writer::Doubles(std::span<const double> values) {
  U64(values.size());
  for (const double value : values) F64(value);
}

std::string_view Reader::Take(std::uint64_t size) {
  if (size > rest_.size()) throw ProtocolError("a message ends too early");
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}
std::uint64_t Reader::U64() { return GetLittle(Take(8).data(), 8); }
double Reader::F64() { return std::bit_cast<double>(U64()); }
bool Reader::Bool() {
  const std::uint64_t value = U64();
  if (value > 1) throw ProtocolError("a message holds a truth value of " + std::to_string(value));
  return value == 1;
}
std::string Reader::Text() { return std::string(Take(U64())); }
std::uint64_t Reader::Count(std::uint64_t item_bytes) {
  const std::uint64_t count = U64();
  if (count > rest_.size() / item_bytes) throw ProtocolError("a message announces more items than it holds");
  return count;
}
std::vector<std::uint32_t> Reader::Words() {
  std::vector<std::uint32_t> words(Count(4));
  for (std::uint32_t& word : words) word = static_cast<std::uint32_t>(GetLittle(Take(4).data(), 4));
  return words;
}
std::vector<double> Reader::Doubles() {
  std::vector<double> values(Count(8));
  for (double& value : values) value = F64();
  return values;
}
void Reader::End() const {
  if (!rest_.empty()) throw ProtocolError(fmt::format("a message has {} bytes too many", rest_.size()));
}

Channel& Channel::operator=(Channel&& other) noexcept {
  if (this != &other) {
    Close();
    std::swap(fd_, other.fd_);
  }
  return *this;
}

void Channel::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void Channel::Send(const Message& message) {
  std::string bytes(kHeaderBytes, '\0');
  std::memcpy(bytes.data(), kMagic, 4);
  PutLittle(bytes.data() + 4, kProtocolVersion, 2);
  PutLittle(bytes.data() + 6, static_cast<std::uint64_t>(message.type), 2);
  PutLittle(bytes.data() + 8, message.payload.size(), 8);
  bytes += message.payload;
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw GoneError(std::string("the other process is gone: ") + std::strerror(errno));
    done += static_cast<std::size_t>(wrote);
  }
}

Channel::Status Channel::ReadExactly(char* to, std::size_t size, std::optional<Clock::time_point> deadline,
                                     const std::function<bool()>& stop) {
  while (size > 0) {
    int wait_ms = stop ? 50 : -1;
    if (deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
      const int left_ms = static_cast<int>(std::clamp<long long>(left, 0, 1 << 30));
      wait_ms = wait_ms < 0 ? left_ms : std::min(wait_ms, left_ms);
    }
    pollfd waiting{fd_, POLLIN, 0};
    const int ready = poll(&waiting, 1, wait_ms);
    if (ready < 0 && errno != EINTR)
      throw ProtocolError(std::string("cannot wait for the other process: ") + std::strerror(errno));
    if (ready <= 0) {
      if (stop && stop()) return Status::kStopped;
      if (deadline && Clock::now() >= *deadline) return Status::kTimedOut;
      continue;
    }
    const ssize_t got = recv(fd_, to, size, 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return Status::kClosed;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return Status::kMessage;
}

Channel::Received Channel::Receive(std::optional<Clock::time_point> deadline, const std::function<bool()>& stop) {
  char header[kHeaderBytes];
  Received received;
  received.status = ReadExactly(header, sizeof header, deadline, stop);
  if (received.status != Status::kMessage) return received;
  if (std::memcmp(header, kMagic, 4) != 0) throw ProtocolError("garbage between tuner and worker");
  const std::uint64_t version = GetLittle(header + 4, 2), type = GetLittle(header + 6, 2), size = GetLittle(header + 8, 8);
  if (version != kProtocolVersion)
    throw ProtocolError(
        fmt::format("tuner and worker are of different versions (protocol {} and {})", kProtocolVersion, version));
  if (type < 1 || type > static_cast<std::uint64_t>(MessageType::kLast) || size > kMaxPayload)
    throw ProtocolError("garbage between tuner and worker");
  received.message.type = static_cast<MessageType>(type);
  received.message.payload.resize(size);
  received.status = ReadExactly(received.message.payload.data(), size, deadline, stop);
  return received;
}

}  // namespace hone
