#include "tuner/client.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "tuner/clock.h"

namespace hone {
namespace {

constexpr double kExpectEvery_ms = 20;
constexpr int kStartAttempts = 3, kOutsideKills = 5, kStartKills = 20;

Clock::time_point After(double ms) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(ms));
}

std::string_view MomentOf(Phase phase) {
  switch (phase) {
    case Phase::kIdle: return "at start";
    case Phase::kReference: return "in the reference";
    case Phase::kPipeline: return "while the driver made its pipeline";
    case Phase::kTurn: return "while it waited for its turn on the device";
    case Phase::kCheck: return "in the check";
    case Phase::kTiming: return "while it was timed";
  }
  return "?";
}

Measurement Failure(const BenchRequest& request, Outcome outcome, std::string message) {
  Measurement result;
  result.pattern = request.binary.pattern;
  result.point = request.binary.point;
  result.problem = request.problem;
  result.outcome = outcome;
  result.message = std::move(message);
  return result;
}

}  // namespace

Client::Client(ClientOptions options) : options_(std::move(options)) {}

Client::~Client() {
  if (!process_) return;
  try {
    process_->channel().Send({MessageType::kQuit, {}});
  } catch (const ProtocolError&) {
  }
}  // ~Process kills: a worker has nothing worth waiting for

// --- starting ---

const DeviceInfo& Client::Start() {
  std::string failure;
  int from_outside = 0;
  for (int attempt = 0; !Running() && attempt < kStartAttempts; ++attempt)
    if (StartOnce(failure) && ++from_outside < kStartKills) --attempt;
  if (!Running())
    throw Error(
        fmt::format("device '{}': the worker process died {} times at start-up: {} (try 'hone devices', or another "
                    "--device)",
                    options_.device, kStartAttempts, failure));
  return device_;
}

// True when somebody else killed it.
bool Client::StartOnce(std::string& failure) {
  process_ = std::make_unique<Process>(options_.command);
  try {
    Send(HelloMessage{options_.device, options_.bench}.Write());
    const Channel::Received answer = process_->channel().Receive(After(options_.start_timeout_ms), options_.stop);
    if (answer.status == Channel::Status::kStopped) throw Interrupted{};
    if (answer.status == Channel::Status::kTimedOut) throw ProtocolError("no answer in time");
    if (answer.status == Channel::Status::kClosed) throw GoneError("");
    if (answer.message.type == MessageType::kError) throw Error(FailedMessage::Read(answer.message).text);
    device_ = ReadyMessage::Read(answer.message).device;
    if (kernel_) Send(kernel_->Write());
    expected_.clear();
    being_made_.clear();
    ++starts_;
    measured_by_this_worker_ = 0;
    return false;
  } catch (const GoneError&) {
    const Death death = process_->Wait();
    failure = death.ToText();
    process_.reset();
    return death.by_signal && death.number == SIGKILL;
  } catch (const ProtocolError& error) {
    process_->Kill();
    const Death death = process_->Wait();
    failure = *error.what() ? fmt::format("{} ({})", error.what(), death.ToText()) : death.ToText();
    process_.reset();
    return false;
  } catch (...) {
    process_.reset();
    throw;
  }
}

void Client::SetKernel(KernelMessage kernel) {
  kernel_ = std::move(kernel);
  expected_.clear();
  suspects_.clear();
  if (!Running()) return;
  try {
    Send(kernel_->Write());
  } catch (const ProtocolError&) {
    process_.reset();  // the next request starts another, and sends it again
  }
}

void Client::Failed(const Message& message) {
  const std::string text = FailedMessage::Read(message).text;
  process_->Wait();
  process_.reset();
  throw WorkerFailed(text);
}

void Client::Send(const Message& message) { process_->channel().Send(message); }

// --- pipelines ahead ---

int Client::ThreadsAhead() const {
  if (options_.pipelines_ahead >= 0) return options_.pipelines_ahead;
  if (device_.type == "cpu") return 0;  // it would disturb what is timed
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 1, 8);
}

void Client::Expect(const Upcoming& upcoming) {
  ExpectMessage message{ThreadsAhead(), {}};
  if (!upcoming || message.threads == 0 || Clock::now() < next_expect_) return;
  next_expect_ = After(kExpectEvery_ms);
  for (ExpectedVariant& each : upcoming()) {
    const std::string key = KeyOf(each.binary, each.problem);
    if (suspects_.contains(key) || !expected_.emplace(key, next_id_).second) continue;
    each.number = next_id_++;
    message.expected.push_back(std::move(each));
  }
  if (message.expected.empty()) return;
  try {
    Send(message.Write());
  } catch (const GoneError&) {  // Receive tells, after what the worker said before its end
  }
}

// After a worker's death. False: it was making no pipeline ahead.
bool Client::SuspectThoseAhead() {
  for (const auto& [key, number] : expected_)
    if (being_made_.contains(number)) suspects_.insert(key);
  return !std::exchange(being_made_, {}).empty();
}

// --- waiting ---

Clock::time_point Client::DeadlineOf(Phase phase) const {
  const BenchOptions& bench = options_.bench;
  switch (phase) {
    case Phase::kIdle: return After(options_.grace_ms);
    case Phase::kReference: return After(2 * bench.reference_timeout_ms + options_.grace_ms);
    case Phase::kPipeline: return After(options_.pipeline_timeout_ms);
    case Phase::kTurn: return After(4 * bench.reference_timeout_ms + options_.grace_ms);  // as long as others may have it
    case Phase::kCheck: return After(2 * bench.check_timeout_ms + options_.grace_ms);
    case Phase::kTiming: return After(4 * bench.timing_timeout_ms + options_.grace_ms);
  }
  return After(options_.grace_ms);
}

Client::Answer Client::Ended(std::string_view fact, bool kill, Outcome outcome) {
  if (kill) process_->Kill();
  const Death death = process_->Wait();
  process_.reset();
  if (options_.stop && options_.stop()) throw Interrupted{};
  Answer answer;
  answer.outcome = outcome;
  answer.from_outside = !kill && death.by_signal && death.number == SIGKILL;
  const std::string at = fmt::format("{}{}", MomentOf(phase_), phase_what_.empty() ? "" : " of " + phase_what_);
  answer.text = kill ? fmt::format("{} {}", fact, at) : fmt::format("the worker was {} {}", death.ToText(), at);
  return answer;
}

Client::Answer Client::Wait(std::uint64_t id, const Upcoming& upcoming) {
  const auto stop = [&] {
    Expect(upcoming);
    return options_.stop && options_.stop();
  };
  for (auto deadline = DeadlineOf(phase_);;) {
    try {
      Expect(upcoming);
      const Channel::Received received = process_->channel().Receive(deadline, stop);
      switch (received.status) {
        case Channel::Status::kStopped: throw Interrupted{};
        case Channel::Status::kTimedOut: return Ended("no answer in time", true, Outcome::kTimeout);
        case Channel::Status::kClosed: return Ended("", false, Outcome::kCrash);
        case Channel::Status::kMessage: break;
      }
      if (received.message.type == MessageType::kError) Failed(received.message);
      if (received.message.type == MessageType::kAhead) {
        const AheadMessage ahead = AheadMessage::Read(received.message);
        if (ahead.begins)
          being_made_.insert(ahead.number);
        else
          being_made_.erase(ahead.number);
        continue;
      }
      if (received.message.type != MessageType::kPhase) return {received.message, Outcome::kOk, {}, false};
      PhaseMessage phase = PhaseMessage::Read(received.message);
      if (phase.id != id) throw ProtocolError("an answer to another question");
      if (phase_ == Phase::kTurn) turn_ms_ += MillisecondsSince(phase_since_);
      phase_ = phase.phase;
      phase_since_ = Clock::now();
      phase_what_ = std::move(phase.what);
      deadline = DeadlineOf(phase_);
    } catch (const ProtocolError& error) {
      return Ended(error.what(), true, Outcome::kCrash);
    }
  }
}

// --- asking ---

Measurement Client::Measure(const BenchRequest& request, const Upcoming& upcoming, const std::function<void()>& meanwhile) {
  int outside = 0;
  for (bool second_try = false;;) {
    Start();
    const std::uint64_t id = next_id_++;
    phase_ = Phase::kIdle;
    phase_what_.clear();
    Answer answer;
    try {
      Send(MeasureMessage{id, request}.Write());
      if (meanwhile) meanwhile();
      answer = Wait(id, second_try ? Upcoming() : upcoming);
      if (answer.message) {
        ResultMessage result = ResultMessage::Read(*answer.message);
        if (result.id != id) throw ProtocolError("an answer to another question");
        const bool fresh = measured_by_this_worker_++ == 0;
        if (!result.usable) process_.reset();
        if (result.measurement.outcome == Outcome::kDeviceLost && (SuspectThoseAhead() || !fresh) &&
            !std::exchange(second_try, true))
          continue;
        Measurement measured = Failure(request, result.measurement.outcome, result.measurement.message);
        result.measurement.pattern = measured.pattern;
        result.measurement.point = measured.point;
        result.measurement.problem = measured.problem;
        return result.measurement;
      }
    } catch (const GoneError&) {
      answer = Ended("", false, Outcome::kCrash);
    } catch (const ProtocolError& error) {
      answer = Ended(error.what(), true, Outcome::kCrash);
    }
    if (answer.from_outside) {
      if (++outside < kOutsideKills) continue;
      return Failure(
          request, Outcome::kOutOfHostMemory,
          fmt::format("the worker was killed {} times from outside, perhaps by the system short of memory", outside));
    }
    const bool fresh = measured_by_this_worker_ == 0;
    const bool alone = !SuspectThoseAhead();
    if (answer.outcome == Outcome::kCrash && !(fresh && alone) && !std::exchange(second_try, true)) continue;
    return Failure(request, answer.outcome, answer.text);
  }
}

Client::PlayoffResult Client::Playoff(const std::vector<BenchRequest>& requests, int rounds) {
  bool second_try = false;
  for (int outside = 0;; ++outside) {
    Start();
    PlayoffResult result;
    result.times_ns.resize(requests.size());
    result.joules.resize(requests.size());
    const std::uint64_t id = next_id_++;
    phase_ = Phase::kIdle;
    Answer answer;
    try {
      Send(PlayoffMessage{id, rounds, requests}.Write());
      for (;;) {
        answer = Wait(id, {});
        if (!answer.message) break;
        const auto [answered, round] = RoundMessage::Read(*answer.message);
        if (answered != id) throw ProtocolError("an answer to another question");
        if (round.times_ns.empty()) return result;
        if (round.times_ns.size() != requests.size() || (options_.bench.energy && round.joules.size() != requests.size()))
          throw ProtocolError("a round of another size than asked");
        for (std::size_t i = 0; i < requests.size(); ++i) result.times_ns[i].push_back(round.times_ns[i]);
        for (std::size_t i = 0; i < round.joules.size(); ++i) result.joules[i].push_back(round.joules[i]);
      }
    } catch (const GoneError&) {
      answer = Ended("", false, Outcome::kCrash);
    } catch (const ProtocolError& error) {
      answer = Ended(error.what(), true, Outcome::kCrash);
    }
    if (answer.from_outside && outside < kOutsideKills) continue;
    if (SuspectThoseAhead() && !std::exchange(second_try, true)) continue;
    const bool named = !phase_what_.empty() && phase_what_.find_first_not_of("0123456789") == std::string::npos;
    const std::size_t culprit = named ? std::stoul(phase_what_) : 0;
    result.culprit = culprit < requests.size() ? culprit : 0;
    result.message = answer.text;
    return result;
  }
}

}  // namespace hone
