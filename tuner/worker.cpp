#include "tuner/worker.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <optional>

#include "tuner/messages.h"

namespace hone {
namespace {

constexpr int kExitDeviceLost = 3, kExitProtocol = 4, kExitFailed = 5;

class Worker {
 public:
  Worker(int fd, const WorkerHooks& hooks) : fd_(fd), channel_(fd), hooks_(hooks) {}

  int Run() {
    try {
      const Channel::Received first = channel_.Receive();
      if (first.status != Channel::Status::kMessage) return 0;
      const HelloMessage hello = HelloMessage::Read(first.message);
      return Serve(hello);
    } catch (const ProtocolError&) {
      return kExitProtocol;
    } catch (const std::exception& error) {
      return Failed(error.what());
    }
  }

 private:
  int Serve(const HelloMessage& hello) {
    bench_.emplace(hello.device, hello.options);
    Send(ReadyMessage{bench_->info()}.Write());
    for (;;) {
      const Channel::Received next = channel_.Receive();
      if (next.status != Channel::Status::kMessage) return 0;
      switch (next.message.type) {
        case MessageType::kKernel: TakeKernel(next.message); break;
        case MessageType::kMeasure:
          if (!Measure(next.message)) return kExitDeviceLost;
          break;
        case MessageType::kPlayoff:
          if (!Playoff(next.message)) return kExitDeviceLost;
          break;
        case MessageType::kExpect: Expect(next.message); break;
        case MessageType::kQuit: return 0;
        default: throw ProtocolError("the tuner sent what only a worker sends");
      }
    }
  }

  void Send(const Message& message) {
    const std::lock_guard lock(sending_);
    channel_.Send(message);
  }

  int Failed(const std::string& text) {
    try {
      Send(FailedMessage{text}.Write());
    } catch (const ProtocolError&) {
    }
    return kExitFailed;
  }

  void TakeKernel(const Message& message) {
    KernelMessage kernel = KernelMessage::Read(message);
    kernel_ = kernel.kernel;
    bench_->SetKernel(kernel.kernel, kernel.types, std::move(kernel.reference));
  }

  PhaseCallback Announce(std::uint64_t id, const std::vector<BenchRequest>& requests) {
    return [this, id, &requests](Phase phase, const std::string& what) {
      Send(PhaseMessage{id, phase, what}.Write());
      if (hooks_.before) hooks_.before(fd_, phase, requests.front().binary.pattern, requests.front().binary.point);
    };
  }

  void Expect(const Message& message) {
    if (!kernel_) throw ProtocolError("a variant came before its kernel");
    ExpectMessage expect = ExpectMessage::Read(message, kernel_);
    const auto before = [this](const ExpectedPipeline& each) {
      if (hooks_.before) hooks_.before(fd_, Phase::kPipeline, each.binary.pattern, each.binary.point);
    };
    const auto announce = [this](std::uint64_t number, bool begins) {
      try {
        Send(AheadMessage{number, begins}.Write());
      } catch (const ProtocolError&) {  // the tuner is gone; WorkerMain sees it too
      }
    };
    bench_->Expect(std::move(expect.expected), expect.threads, before, announce);
  }

  bool Measure(const Message& message) {
    if (!kernel_) throw ProtocolError("a variant came before its kernel");
    const MeasureMessage measure = MeasureMessage::Read(message, kernel_);
    const std::vector<BenchRequest> requests{measure.request};
    ResultMessage result;
    result.id = measure.id;
    result.measurement = bench_->Measure(measure.request, Announce(measure.id, requests));
    result.usable = bench_->usable() && result.measurement.outcome != Outcome::kDeviceLost;
    Send(result.Write());
    return result.usable;
  }

  bool Playoff(const Message& message) {
    if (!kernel_) throw ProtocolError("a play-off came before its kernel");
    const PlayoffMessage playoff = PlayoffMessage::Read(message, kernel_);
    try {
      bench_->Playoff(playoff.requests, playoff.rounds, Announce(playoff.id, playoff.requests), [&](const std::vector<double>& times) {
        Send(RoundMessage{playoff.id, times}.Write());
        return true;
      });
    } catch (const DeviceError&) {
      if (!bench_->usable()) return false;  // the tuner sees the end, and knows whose turn it was
    }
    Send(RoundMessage{playoff.id, {}}.Write());
    return true;
  }

  int fd_;
  Channel channel_;
  std::mutex sending_;  // threads that make pipelines ahead send too
  const WorkerHooks& hooks_;
  std::optional<Bench> bench_;
  std::shared_ptr<const Kernel> kernel_;
};

struct ThreadArguments {
  int fd;
  const WorkerHooks* hooks;
};

// _exit: a lost or hanging device would block every destructor, and whatever was worth keeping has been sent.
void* RunThread(void* arguments) {
  const auto& [fd, hooks] = *static_cast<ThreadArguments*>(arguments);
  auto worker = std::make_unique<Worker>(fd, *hooks);
  const int status = worker->Run();
  _exit(status);
}

}  // namespace

int WorkerMain(int fd, const WorkerHooks& hooks) {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);

  ThreadArguments arguments{fd, &hooks};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kDriverStackBytes);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, RunThread, &arguments) != 0) return kExitFailed;
  for (;;) {  // the tuner is gone: so are we, whatever the other thread is stuck in
    pollfd watched{fd, POLLRDHUP, 0};
    if (poll(&watched, 1, -1) > 0 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL))) _exit(0);
  }
}

}  // namespace hone
