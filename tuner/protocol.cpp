#include "tuner/protocol.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "tuner/clock.h"

namespace hone {
namespace {

struct Header {
  char magic[4] = {'h', 'o', 'n', 'e'};
  std::uint16_t version = kProtocolVersion, type = 0;
  std::uint64_t size = 0;
};
static_assert(sizeof(Header) == 16);

}  // namespace

void Writer::Text(std::string_view text) {
  U64(text.size());
  Append(text.data(), text.size());
}
void Writer::Words(std::span<const std::uint32_t> words) {
  U64(words.size());
  Append(words.data(), words.size_bytes());
}
void Writer::Doubles(std::span<const double> values) {
  U64(values.size());
  Append(values.data(), values.size_bytes());
}

std::string_view Reader::Take(std::uint64_t size) {
  if (size > rest_.size()) throw ProtocolError("a message ends too early");
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}
std::uint64_t Reader::U64() {
  std::uint64_t value = 0;
  std::memcpy(&value, Take(sizeof value).data(), sizeof value);
  return value;
}
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
template <typename Number>
std::vector<Number> Reader::Numbers() {
  std::vector<Number> numbers(Count(sizeof(Number)));
  const std::string_view bytes = Take(numbers.size() * sizeof(Number));
  if (!bytes.empty()) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}
std::vector<std::uint32_t> Reader::Words() { return Numbers<std::uint32_t>(); }
std::vector<double> Reader::Doubles() { return Numbers<double>(); }
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
  Header header;
  header.type = static_cast<std::uint16_t>(message.type);
  header.size = message.payload.size();
  iovec rest[2] = {{&header, sizeof header}, {const_cast<char*>(message.payload.data()), message.payload.size()}};
  while (rest[1].iov_len > 0 || rest[0].iov_len > 0) {
    msghdr parts{};
    parts.msg_iov = rest;
    parts.msg_iovlen = 2;
    const ssize_t wrote = sendmsg(fd_, &parts, MSG_NOSIGNAL);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw GoneError(std::string("the other process is gone: ") + std::strerror(errno));
    auto left = static_cast<std::size_t>(wrote);
    for (iovec& part : rest) {
      const std::size_t sent = std::min(left, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + sent;
      part.iov_len -= sent;
      left -= sent;
    }
  }
}

Channel::Status Channel::ReadExactly(char* to, std::size_t size, std::optional<Clock::time_point> deadline,
                                     const std::function<bool()>& stop) {
  while (size > 0) {
    const ssize_t got = recv(fd_, to, size, MSG_DONTWAIT);
    if (got > 0) {
      to += got;
      size -= static_cast<std::size_t>(got);
      continue;
    }
    if (got == 0 || (errno != EINTR && errno != EAGAIN)) return Status::kClosed;
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
    if (ready > 0) continue;
    if (stop && stop()) return Status::kStopped;
    if (deadline && Clock::now() >= *deadline) return Status::kTimedOut;
  }
  return Status::kMessage;
}

Channel::Received Channel::Receive(std::optional<Clock::time_point> deadline, const std::function<bool()>& stop) {
  Header header;
  Received received;
  received.status = ReadExactly(reinterpret_cast<char*>(&header), sizeof header, deadline, stop);
  if (received.status != Status::kMessage) return received;
  if (std::memcmp(header.magic, Header().magic, sizeof header.magic) != 0)
    throw ProtocolError("garbage between tuner and worker");
  if (header.version != kProtocolVersion)
    throw ProtocolError(
        fmt::format("tuner and worker are of different versions (protocol {} and {})", kProtocolVersion, header.version));
  if (header.type < 1 || header.type > static_cast<std::uint16_t>(MessageType::kLast) || header.size > kMaxPayload)
    throw ProtocolError("garbage between tuner and worker");
  received.message.type = static_cast<MessageType>(header.type);
  received.message.payload.resize(header.size);
  received.status = ReadExactly(received.message.payload.data(), header.size, deadline, stop);
  return received;
}

}  // namespace hone
