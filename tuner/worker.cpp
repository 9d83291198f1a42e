#include "tuner/worker.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "tuner/messages.h"

namespace hone {
namespace {

constexpr int kExitDeviceLost = 3, kExitProtocol = 4, kExitFailed = 5;

// Two threads: one reads what the tuner says, so that its Expect messages are heard while a variant runs; the other does the
// rest.
class Worker {
 public:
  Worker(int fd, const WorkerHooks& hooks) : fd_(fd), channel_(fd), hooks_(hooks) {}

  // The reading thread. Returns the process's exit status once the tuner is gone: so are we, whatever the other thread is stuck
  // in.
  int Read() {
    try {
      for (;;) {
        Channel::Received next = channel_.Receive();
        if (next.status != Channel::Status::kMessage) return 0;
        if (next.message.type == MessageType::kExpect) {
          Expect(next.message);
          continue;
        }
        Request request{std::move(next.message), std::nullopt};
        if (request.message.type == MessageType::kKernel) TakeKernel(request);
        const std::lock_guard lock(requests_lock_);
        requests_.push_back(std::move(request));
        arrived_.notify_one();
      }
    } catch (const ProtocolError&) {
      return kExitProtocol;
    } catch (const std::exception& error) {
      return Failed(error.what());
    }
  }

  // The working thread.
  int Run() {
    try {
      const HelloMessage hello = HelloMessage::Read(Next().message);
      return Serve(hello);
    } catch (const ProtocolError&) {
      return kExitProtocol;
    } catch (const std::exception& error) {
      return Failed(error.what());
    }
  }

 private:
  struct Request {
    Message message;
    std::optional<KernelMessage> kernel;  // of a kKernel, already read
  };

  Request Next() {
    std::unique_lock lock(requests_lock_);
    arrived_.wait(lock, [this] { return !requests_.empty(); });
    Request next = std::move(requests_.front());
    requests_.pop_front();
    return next;
  }

  int Serve(const HelloMessage& hello) {
    bench_.emplace(hello.device, hello.options);
    bench_->Use(&ahead_);
    Send(ReadyMessage{bench_->info()}.Write());
    for (;;) {
      Request next = Next();
      switch (next.message.type) {
        case MessageType::kKernel: UseKernel(std::move(*next.kernel)); break;
        case MessageType::kMeasure:
          if (!Measure(next.message)) return kExitDeviceLost;
          break;
        case MessageType::kPlayoff:
          if (!Playoff(next.message)) return kExitDeviceLost;
          break;
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

  // --- the reading thread ---

  void TakeKernel(Request& request) {
    request.kernel = KernelMessage::Read(request.message);
    expected_kernel_ = request.kernel->kernel;
    ahead_.Forget();
  }

  void Expect(const Message& message) {
    if (!expected_kernel_) throw ProtocolError("a variant came before its kernel");
    ExpectMessage expect = ExpectMessage::Read(message, expected_kernel_);
    ahead_.Expect(std::move(expect.expected), expect.threads);
  }

  // --- the threads that make pipelines; the tuner expects only after Ready ---

  VariantPipelines MakeAhead(const ExpectedVariant& expected) {
    if (hooks_.before) hooks_.before(fd_, Phase::kPipeline, expected.binary.pattern, expected.binary.point);
    return bench_->MakePipelines(expected);
  }

  void AnnounceAhead(std::uint64_t number, bool begins) {
    try {
      Send(AheadMessage{number, begins}.Write());
    } catch (const ProtocolError&) {  // the tuner is gone; Read sees it too
    }
  }

  // --- the working thread ---

  void UseKernel(KernelMessage kernel) {
    kernel_ = kernel.kernel;
    bench_->SetKernel(kernel.kernel, kernel.types, std::move(kernel.reference));
  }

  PhaseCallback Announce(std::uint64_t id, const std::vector<BenchRequest>& requests) {
    return [this, id, &requests](Phase phase, const std::string& what) {
      Send(PhaseMessage{id, phase, what}.Write());
      if (hooks_.before) hooks_.before(fd_, phase, requests.front().binary.pattern, requests.front().binary.point);
    };
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
    if (hooks_.before) hooks_.before(fd_, Phase::kIdle, measure.request.binary.pattern, measure.request.binary.point);
    if (result.usable) bench_->Release();
    return result.usable;
  }

  bool Playoff(const Message& message) {
    if (!kernel_) throw ProtocolError("a play-off came before its kernel");
    const PlayoffMessage playoff = PlayoffMessage::Read(message, kernel_);
    try {
      bench_->Playoff(playoff.requests, playoff.rounds, Announce(playoff.id, playoff.requests), [&](const Round& round) {
        Send(RoundMessage{playoff.id, round}.Write());
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
  std::mutex sending_;
  const WorkerHooks& hooks_;
  std::mutex requests_lock_;
  std::condition_variable arrived_;
  std::deque<Request> requests_;
  std::shared_ptr<const Kernel> expected_kernel_;  // of the reading thread
  std::shared_ptr<const Kernel> kernel_;           // of the working thread
  std::optional<Bench> bench_;
  PipelinesAhead ahead_{[this](const ExpectedVariant& expected) { return MakeAhead(expected); },
                        [this](std::uint64_t number, bool begins) { AnnounceAhead(number, begins); }};
};

// _exit: a lost or hanging device would block every destructor, and whatever was worth keeping has been sent.
void* RunThread(void* worker) { _exit(static_cast<Worker*>(worker)->Run()); }

}  // namespace

int WorkerMain(int fd, const WorkerHooks& hooks) {
  for (const int each : {SIGINT, SIGTERM, SIGHUP}) signal(each, SIG_IGN);  // the tuner ends it
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);

  const auto worker = std::make_unique<Worker>(fd, hooks);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kDriverStackBytes);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, RunThread, worker.get()) != 0) return kExitFailed;
  _exit(worker->Read());
}

}  // namespace hone
