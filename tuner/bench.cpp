#include "tuner/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>

#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/waiting.h"
#include "tuner/warm_up.h"
#include "tuner/watchdog.h"

namespace hone {
namespace {

std::chrono::milliseconds Milliseconds(double count) { return std::chrono::milliseconds(static_cast<long long>(count)); }

constexpr double kMostInSample = 4096;  // dispatches; a shorter one than 50 ns is none

// What a check found; caught in Measure, never seen outside.
struct WrongResult {
  std::string text;
};

}  // namespace

// --- one problem's buffers ---

Bench::Bench(const std::string& device, const BenchOptions& options)
    : options_(options),
      context_(ContextOptions{.device = device}),
      sentinel_(context_),
      stove_(info().type == "cpu" ? std::nullopt : std::optional(device), options_.turn_file) {
  if (options_.energy) meter_ = EnergyMeter::Open(info());
  try {
    device_compare_.emplace(context_);
  } catch (const Error&) {
  }  // the host compares
  try {
    if (info().type != "cpu") device_fill_.emplace(context_);
  } catch (const Error&) {
  }  // the host makes the inputs
}

void Bench::SetKernel(std::shared_ptr<const Kernel> kernel, const Values& types, std::optional<Binary> reference) {
  kernel_ = std::move(kernel);
  types_ = types;
  reference_ = std::move(reference);
  right_when_small_.Clear();
}

// --- pipelines ---

VariantPipelines Bench::MakePipelines(const ExpectedVariant& variant) {
  VariantPipelines pipelines;
  const auto add = [&](const Values& problem) {
    if (!pipelines.contains(problem)) pipelines.emplace(problem, context_.CreatePipeline(variant.binary, problem));
  };
  add(variant.problem);
  if (!right_when_small_.Contains(variant.binary, variant.check_problems))
    for (const Values& problem : variant.check_problems) add(problem);
  return pipelines;
}

// Those that were made ahead, and the others now: all at once, so that they share what they have in common.
VariantPipelines Bench::PipelinesFor(const BenchRequest& request, const PhaseCallback& phase) {
  phase(Phase::kPipeline, request.problem.ToText());
  VariantPipelines ahead = ahead_ ? ahead_->Take(request.binary, request.problem) : VariantPipelines();
  return ahead.empty() ? MakePipelines({0, request.binary, request.problem, request.check_problems}) : ahead;
}

// The buffers of problems that wait for their next turn may take a sixteenth of the device's memory; what is kept beside them
// (what they are filled with, what is expected) about as much again. Where others need the memory, all of them go.
void Bench::MakeRoom() {
  const double whole = info().limits.at("deviceLocalBytes");
  if (static_cast<double>(context_.FreeDeviceBytes()) < whole / 4) large_.clear();
  std::vector<Kept> kept;
  for (const auto& arena : large_) kept.push_back({static_cast<double>(arena->bytes()), arena->made_ms()});
  for (const std::size_t index : ThoseThatGo(kept, whole / 16)) large_[index].reset();
  std::erase(large_, nullptr);
}

// What a wrong variant wrote where it should not may be the buffers of problems that wait, and what is expected of them.
void Bench::ForgetWaiting(const Arena& present) {
  std::erase_if(large_, [&](const auto& arena) { return arena.get() != &present; });
  std::erase_if(small_, [this](const auto& arena) { return !arena->IsOf(*kernel_, arena->problem()); });
}

Arena& Bench::ArenaFor(const Values& problem, bool small, const PhaseCallback& phase) {
  const auto wanted = [&](const std::unique_ptr<Arena>& arena) { return arena->IsOf(*kernel_, problem); };
  if (const auto known = std::ranges::find_if(small_, wanted); known != small_.end()) return **known;
  if (const auto known = std::ranges::find_if(large_, wanted); known != large_.end()) {
    if (!small) std::rotate(known, known + 1, large_.end());
    return small ? **known : *large_.back();
  }
  phase(Phase::kTurn, "");
  const Stove::Rest rest(stove_);  // gibibytes that come, go and are filled would slow down what another worker times
  phase(Phase::kReference, problem.ToText());
  if (!small) MakeRoom();
  try {
    const ArenaHelp help{device_compare_ ? &*device_compare_ : nullptr, device_fill_ ? &*device_fill_ : nullptr};
    auto arena = std::make_unique<Arena>(context_, help, kernel_, problem, options_.seed);
    arena->FillInputs();
    // A database keeps no reference, and a play-off needs none.
    arena->MakeReference(reference_ ? &*reference_ : nullptr, Milliseconds(options_.reference_timeout_ms));
    return *(small ? small_ : large_).emplace_back(std::move(arena));
  } catch (const DeviceError& error) {
    throw Error(fmt::format("{}: the reference does not run on '{}' for {}: {} (try a smaller problem or another device)",
                            kernel_->name, info().name, problem.ToText(), error.what()));
  }
}

// --- is it right? ---

// Twice: with other poison, and the second time with whatever the first run left in the workspaces.
Checked Bench::Check(const Pipeline& pipeline, Arena& arena) {
  Checked checked;
  checked.clocks_up = ClocksAreUp({.gpu = info().type != "cpu", .busy_ns = busy_ns_});
  for (const bool second : {false, true}) {
    const auto wrong = arena.Check(pipeline, kPoisons[second], second, Milliseconds(options_.check_timeout_ms));
    if (wrong)
      throw WrongResult{fmt::format("at {}: {}", arena.problem().empty() ? "the problem" : arena.problem().ToText(), *wrong)};
    busy_ns_ += arena.checked_ns();
    if (arena.checked_ns() > 0) checked.times_ns.push_back(arena.checked_ns());
  }
  return checked;
}

void Bench::CheckSmall(const BenchRequest& request, const VariantPipelines& pipelines, const PhaseCallback& phase) {
  if (right_when_small_.Contains(request.binary, request.check_problems)) return;
  for (const Values& problem : request.check_problems) {
    if (problem == request.problem) continue;
    Arena& arena = ArenaFor(problem, true, phase);
    phase(Phase::kCheck, problem.ToText());
    const auto found = pipelines.find(problem);
    Check(found != pipelines.end() ? found->second : context_.CreatePipeline(request.binary, problem), arena);
  }
  right_when_small_.Add(request.binary, request.check_problems);
}

// How long one call will run is told by the same variant on a fraction of the problem, scaled by the kernel's own measure of
// work. 0: nothing tells, or it is short on anything.
double Bench::EstimateMs(const BenchRequest& request, Arena& arena) {
  const auto work = [&](const Values& problem) {
    const auto flops = Flops(*kernel_, problem);
    return flops ? flops : IdealBytes(*kernel_, problem);
  };
  const auto whole = work(request.problem);
  if (!whole || *whole < 1e9) return 0;
  Values fraction = request.problem;
  double part = *whole;
  while (part > 1e-3 * *whole) {  // halve the greatest integer until a thousandth of the work is left
    const ProblemInteger* greatest = nullptr;
    for (const ProblemInteger& integer : kernel_->integers)
      if (!greatest || *fraction.Integer(integer.name) > *fraction.Integer(greatest->name)) greatest = &integer;
    const std::int64_t half = greatest ? *fraction.Integer(greatest->name) / 2 : 0;
    if (!greatest || half < greatest->min || half < 16) break;
    fraction.Set(greatest->name, half);
    part = work(fraction).value_or(0);
  }
  if (part <= 0 || part > 0.5 * *whole) return 0;
  Pipeline pipeline;
  try {
    pipeline = context_.CreatePipeline(request.binary, CompleteProblem(*kernel_, fraction));
  } catch (const Error&) {
    return 0;  // this fraction is not a legal problem; the deadline still stands
  }
  const Binding workspace = arena.Workspace(pipeline.WorkspaceBytes());
  arena.Prepare(kPoisons[0]);
  const std::vector<BindingSet> sets{{arena.Bindings(), workspace}};
  const auto estimate_ms = [&](int samples) {
    const auto times =
        context_.TimeNs(pipeline, sets, TestScalars(*kernel_), samples, 1, Milliseconds(options_.check_timeout_ms));
    return *std::ranges::min_element(times) * 1e-6 * *whole / part;
  };
  const double first_ms = estimate_ms(1);
  return first_ms > Bound_ms() ? std::min(first_ms, estimate_ms(4)) : first_ms;  // perhaps the clocks were asleep
}

double Bench::Bound_ms() const {
  return options_.watchdog_ms * (info().type == "cpu" ? 10 : 1);
}  // no display hangs from a CPU

// Errors: DeviceError kTooSlow.
Pipeline Bench::DivideIfLong(const BenchRequest& request, const Pipeline& pipeline, Arena& arena, Measurement& result) {
  const bool may_be_long = options_.watchdog_ms > 0 && MayBeLong(request.stop_above_ns * 1e-6, Bound_ms());
  const double estimate_ms = may_be_long ? EstimateMs(request, arena) : 0;
  if (estimate_ms <= Bound_ms()) return pipeline;
  const LongDispatch judged =
      JudgeLength(estimate_ms, Bound_ms(), options_.check_timeout_ms, context_.MostParts(request.binary, request.problem));
  if (!judged.refusal.empty()) throw DeviceError(Outcome::kTooSlow, judged.refusal);
  result.properties["parts"] = judged.parts;
  return context_.CreatePipeline(request.binary, request.problem, judged.parts);
}

// --- how fast is it? ---

struct Bench::Timer {
  Bench& bench;
  const Pipeline& pipeline;
  const std::vector<BindingSet>& sets;
  std::vector<Scalar> scalars;
  std::function<void()> announce;  // before each sample: what runs for long starts its deadline anew
  int count = 1;                   // dispatches in a sample

  // A dispatch's time, again and again: each the mean of `count` between two timestamps.
  std::vector<double> Samples(int samples) {
    if (announce) announce();
    const std::vector<double> times =
        bench.context_.TimeNs(pipeline, sets, scalars, samples, count, Milliseconds(bench.options_.timing_timeout_ms));
    bench.busy_ns_ += std::accumulate(times.begin(), times.end(), 0.0) * count;
    return times;
  }

  // So many dispatches that a sample lasts 200 us and 1000 ticks of the device's clock.
  void Fit(double dispatch_ns) {
    const auto period = bench.info().limits.find("timestampPeriod");
    const double tick_ns = period == bench.info().limits.end() ? 1 : period->second;
    const double wanted_ns = std::max(200e3, 1000 * tick_ns);
    count = static_cast<int>(std::clamp(std::ceil(wanted_ns / std::max(dispatch_ns, 1.0)), 1.0, kMostInSample));
  }
};

// bound_ns: what is far above it needs no warm-up. checked_ns: as WarmByItsChecks. Returns what one call takes.
double Bench::WarmUpFor(Timer& timer, double bound_ns, double checked_ns) {
  const WarmUpFrom from{info().type != "cpu", busy_ns_, 8 * bound_ns, Bound_ms() * 1e6};
  if (checked_ns > 0 && ClocksAreUp(from)) {
    timer.Fit(checked_ns);
    return checked_ns;
  }
  return WarmUp(from, [&] {
    const double busy_before_ns = busy_ns_, call_ns = timer.Samples(1)[0];
    timer.Fit(call_ns);
    return WarmUpSample{call_ns, busy_ns_ - busy_before_ns};
  });
}

std::vector<BindingSet> Bench::Sets(const Pipeline& pipeline, Arena& arena) {
  if (options_.cold) return arena.RotatingSets(options_.cold_bytes, pipeline.WorkspaceBytes());
  return {{arena.Bindings(), arena.Workspace(pipeline.WorkspaceBytes())}};
}

void Bench::Time(const BenchRequest& request, const Pipeline& pipeline, Arena& arena, const Checked& checked,
                 const PhaseCallback& phase, Measurement& result) {
  const bool gpu = info().type != "cpu", divided = result.properties.contains("parts");
  const double bound = request.stop_above_ns;
  const auto refuse_if_long = [&](double call_ms) {
    if (options_.watchdog_ms > 0 && !divided && call_ms > Bound_ms())
      throw DeviceError(Outcome::kTooSlow, fmt::format("one call ran {:.0f} ms; allowed {:.0f} ms", call_ms, Bound_ms()));
  };
  std::vector<double>& samples = result.samples_ns;
  const bool alike = !options_.cold && !meter_;  // what a check runs and what is timed
  if (const auto hopeless_ns = alike ? HopelessByItsChecks(checked, bound, gpu, options_) : std::nullopt) {
    refuse_if_long(*hopeless_ns * 1e-6);
    samples = {*hopeless_ns};
    result.properties["hopeless"] = 1;
    return;
  }
  const std::vector<BindingSet> sets = Sets(pipeline, arena);
  const auto announce = [&] { phase(Phase::kTiming, request.problem.ToText()); };
  announce();
  Timer timer{*this, pipeline, sets, TestScalars(*kernel_), {}};
  if (divided) timer.announce = announce;
  refuse_if_long(WarmUpFor(timer, bound, WarmByItsChecks(checked, gpu, options_)) * 1e-6);
  const auto start = Clock::now();
  do samples.push_back(timer.Samples(1).front());
  while (!IsEnough(samples, MillisecondsSince(start), bound, gpu, options_));
  result.cold = sets.size() > 1;
  if (meter_) result.properties["energy_j"] = JoulesOf(timer, Summarize(samples).median_ns);
}

// --- how much energy does it take? ---

// Of one call. The counter moves in steps, so that it is read from one step to another, some time apart.
double Bench::JoulesOf(Timer& timer, double dispatch_ns) {
  constexpr double kLeast_ms = 300, kPatience_ms = 5000, kAtOnce_ns = 5e6;
  timer.count = static_cast<int>(std::clamp(kAtOnce_ns / std::max(dispatch_ns, 1.0), 1.0, kMostInSample));
  auto begin = Clock::now();
  const auto run = [&] {
    if (MillisecondsSince(begin) > kPatience_ms)
      throw Error(fmt::format("--objective energy: the counter of '{}' has not moved for {:.0f} s (leave --objective out)",
                              info().name, kPatience_ms / 1e3));
    timer.Samples(1);
  };
  const double before = meter_->Joules();
  double first = before;
  for (; first == before; first = meter_->Joules()) run();
  begin = Clock::now();
  double last = first, calls = 0, calls_at_last = 0;
  while (last == first || MillisecondsSince(begin) < kLeast_ms) {
    run();
    calls += timer.count;
    const double now = meter_->Joules();
    if (now == last) continue;
    last = now;
    calls_at_last = calls;
  }
  return (last - first) / calls_at_last;
}

// --- all of it ---

Measurement Bench::Measure(const BenchRequest& request, const PhaseCallback& phase) {
  Measurement result;
  result.kernel = kernel_->name;
  result.pattern = request.binary.pattern;
  result.point = request.binary.point;
  result.problem = request.problem;
  result.phase = "search";
  Arena& arena = ArenaFor(request.problem, false, phase);
  try {
    auto start = Clock::now();
    measured_ = PipelinesFor(request, phase);
    const Pipeline& pipeline = measured_.at(request.problem);
    if (options_.properties) result.properties = pipeline.Properties();
    result.pipeline_ms = MillisecondsSince(start);
    phase(Phase::kTurn, "");
    const Stove::Rest rest(stove_);
    start = Clock::now();
    CheckSmall(request, measured_, phase);
    phase(Phase::kCheck, request.problem.ToText());
    const Pipeline timed = DivideIfLong(request, pipeline, arena, result);
    const Checked checked = Check(timed, arena);
    result.check_ms = MillisecondsSince(start);
    if (!request.time) return result;
    start = Clock::now();
    Time(request, timed, arena, checked, phase, result);
    result.bench_ms = MillisecondsSince(start);
    start = Clock::now();
    if (!arena.reads_outputs() && !result.properties.contains("hopeless"))
      if (const auto wrong = arena.LookAgain()) throw WrongResult{"after many runs: " + *wrong};
    result.check_ms += MillisecondsSince(start);
  } catch (const WrongResult& wrong) {
    result.outcome = Outcome::kWrongResult;
    result.message = wrong.text;
  } catch (const DeviceError& error) {
    result.outcome = error.outcome;
    result.message = error.what();
  } catch (const std::bad_alloc&) {
    result.outcome = Outcome::kOutOfHostMemory;
    result.message = "the worker ran out of host memory";
  }
  if (result.outcome != Outcome::kOk) {
    result.samples_ns.clear();
    for (const auto& each : small_) each->Distrust();
    for (const auto& each : large_) each->Distrust();
    const Stove::Rest rest(stove_);
    if (result.outcome == Outcome::kWrongResult) ForgetWaiting(arena);
    if (context_.usable() && !sentinel_.Alive()) {
      result.outcome = Outcome::kDeviceLost;
      result.message += "; afterwards the device did no work any more";
    }
  }
  result.statistics = Summarize(result.samples_ns);
  if (const std::size_t outliers = CountOutliers(result.samples_ns))
    result.properties["outliers"] = static_cast<double>(outliers);
  return result;
}

void Bench::Playoff(const std::vector<BenchRequest>& requests, int rounds, const PhaseCallback& phase,
                    const std::function<bool(const Round&)>& round) {
  if (requests.empty()) return;
  Arena& arena = ArenaFor(requests.front().problem, false, phase);
  std::vector<Pipeline> pipelines;
  std::uint64_t workspace = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    phase(Phase::kPipeline, std::to_string(i));
    pipelines.push_back(context_.CreatePipeline(requests[i].binary, requests[i].problem, requests[i].parts));
    workspace = std::max(workspace, pipelines.back().WorkspaceBytes());
  }
  phase(Phase::kTurn, "");
  const Stove::Rest rest(stove_);
  arena.Workspace(workspace);
  arena.Prepare(kPoisons[0]);
  std::vector<std::vector<BindingSet>> sets;
  for (const Pipeline& pipeline : pipelines) sets.push_back(Sets(pipeline, arena));
  std::vector<Timer> timers;
  for (std::size_t i = 0; i < pipelines.size(); ++i) {
    phase(Phase::kTiming, std::to_string(i));
    timers.push_back({*this, pipelines[i], sets[i], TestScalars(*kernel_), {}});
    if (requests[i].parts > 1) timers.back().announce = [&phase, i] { phase(Phase::kTiming, std::to_string(i)); };
    WarmUpFor(timers.back(), 0, 0);
  }
  std::vector<std::size_t> order(pipelines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (int r = 0; r < rounds; ++r) {
    Round turn;
    turn.times_ns.resize(pipelines.size());
    turn.joules.resize(meter_ ? pipelines.size() : 0);
    for (const std::size_t i : order) {
      phase(Phase::kTiming, std::to_string(i));
      turn.times_ns[i] = timers[i].Samples(1)[0];
      if (meter_) turn.joules[i] = JoulesOf(timers[i], turn.times_ns[i]);
      if (meter_) timers[i].Fit(turn.times_ns[i]);
    }
    if (!round(turn)) return;
    // Every variant follows every other now and then: rotate, and reverse every second time.
    std::rotate(order.begin(), order.begin() + 1, order.end());
    if (r % 2 == 1) std::reverse(order.begin(), order.end());
  }
}

}  // namespace hone
