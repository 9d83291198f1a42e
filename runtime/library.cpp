#include "runtime/library.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <span>
#include <thread>

#include "db/store.h"
#include "runtime/adaptive_impl.h"
#include "runtime/choose.h"
#include "runtime/context_impl.h"
#include "runtime/driver_cache.h"
#include "runtime/features.h"
#include "runtime/hone.h"
#include "runtime/pipeline_impl.h"
#include "runtime/start_file.h"

namespace hone {
namespace {

constexpr std::size_t kMaxCached = 4096;  // pipelines kept for Load to find again; more, and all are forgotten

Enabled EnabledBy(const DeviceHandles& handles, std::uint32_t api_version) {
  Enabled enabled{handles.features, handles.extensions};
  const VkDeviceCreateInfo* made = handles.created_with;
  if (!made) return enabled;
  const auto names = std::span(made->ppEnabledExtensionNames, made->enabledExtensionCount);
  enabled.extensions.insert(enabled.extensions.end(), names.begin(), names.end());
  FeatureChain chain(api_version, {enabled.extensions.begin(), enabled.extensions.end()});
  chain.TakeFrom(*made);
  for (const std::string& name : chain.Names()) enabled.features.push_back(name);
  return enabled;
}

std::shared_ptr<Gpu> Adopt(const DeviceHandles& handles) {
  if (!handles.instance || !handles.physical_device || !handles.device) {
    throw Error("hone::Library: instance, physical_device and device must all be given");
  }
  auto gpu = std::make_shared<Gpu>();
  gpu->d.vkGetInstanceProcAddr = handles.get_instance_proc_addr
                                     ? reinterpret_cast<PFN_vkGetInstanceProcAddr>(handles.get_instance_proc_addr)
                                     : SystemLoader();
  gpu->d.InitForPipelines(handles.instance, handles.device);
  gpu->application = handles.instance;
  gpu->physical = handles.physical_device;
  gpu->device = handles.device;
  const DeviceProperties properties(gpu->d, gpu->physical);
  gpu->Finish(properties, EnabledBy(handles, properties.core.properties.apiVersion));
  return gpu;
}

std::string CacheKey(const std::string& kernel, const Values& problem, const LoadOptions& options) {
  std::string key = kernel;
  key.append(1, ' ')
      .append(problem.ToText())
      .append(1, '/')
      .append(1, static_cast<char>('0' + static_cast<int>(options.at_most)));
  return key.append(options.pattern).append(1, '/').append(options.point ? options.point->ToText() : "*");
}

}  // namespace

struct Library::Impl {
  // A variant chosen, with all its numbers computed, but nothing asked of the driver.
  struct Choice {
    Binary binary;
    Plan plan;
    Match match = Match::kExact;
    std::string explanation;
  };
  using Variants = std::set<std::pair<std::string, Values>>;

  // What is in SQLite. A start that finds all in its start file never opens it.
  struct Databases {
    Databases(const DatabaseSource& source, std::mutex& mutex, const std::string& user)
        : tuned(source.Open()), driver_cache(tuned, mutex, user) {}
    Store tuned;
    DriverCache driver_cache;
  };

  Impl(const DatabaseSource& database, std::shared_ptr<Gpu> device, const LibraryOptions& options);
  ~Impl();
  Databases& Open();
  Store& store() { return Open().tuned; }
  DriverCache& driver_cache() { return Open().driver_cache; }
  Pipeline FromStartFile(const std::string& key);  // empty: it is not there
  void ToStartFile(const std::string& key, const Pipeline& made);

  std::shared_ptr<const Kernel> FindKernel(const std::string& name);
  // The best `most` for the problem, best first; at least one. Of several, all but the first were measured with
  // success.
  std::vector<Choice> Choose(const std::string& kernel, const Values& problem, const LoadOptions& options,
                             const Variants& refused, std::size_t most = 1, std::vector<LadderStep>* steps = nullptr);
  // What this application itself found to be the fastest (AdaptivePipeline).
  bool ConsiderOwn(const Kernel& kernel, const Values& problem, const std::function<bool(const Candidate&)>& consider);
  Pipeline TryToMake(Choice choice);  // empty: this driver will not have it
  Variants FailedHere(const std::string& kernel);
  void Keep(const std::vector<Pipeline>& pipelines, const Trials& trials);
  Pipeline Load(const std::string& kernel, const Values& problem, const LoadOptions& options);
  std::vector<TimedWay> MeasuredTransfers();
  void KeepTransfers();  // what the context found out by itself

  const DatabaseSource database;
  const std::string user_database;
  std::shared_ptr<Gpu> gpu;
  std::shared_ptr<WayChoice> ways;  // the context's; null: the device is the application's
  std::once_flag opened;
  std::mutex mutex;  // over what follows
  std::optional<Databases> databases;
  std::optional<StartFile> start;
  std::map<std::string, std::shared_ptr<const Kernel>> kernels;
  std::map<std::string, Pipeline> loaded;
};

Library::Impl::Impl(const DatabaseSource& from, std::shared_ptr<Gpu> device, const LibraryOptions& options)
    : database(from), user_database(options.user_database), gpu(std::move(device)) {
  const auto seal = user_database.empty() ? std::nullopt : database.ReadSeal();
  if (seal) start.emplace(user_database + ".start", *seal, gpu->identity);
  if (!start || start->empty()) Open();
}

Library::Impl::~Impl() {
  if (!ways) return;
  ways->DropSource(this);
  KeepTransfers();
}

Library::Impl::Databases& Library::Impl::Open() {
  std::call_once(opened, [&] { databases.emplace(database, mutex, user_database); });
  return *databases;
}

Pipeline Library::Impl::FromStartFile(const std::string& key) {
  std::optional<StartFile::Entry> entry;
  {
    std::lock_guard lock(mutex);
    if (start) entry = start->Find(key);
  }
  if (!entry) return {};
  try {
    return MakePipeline(gpu, std::move(entry->begun), entry->codes);
  } catch (const DeviceError& error) {
    if (error.outcome != Outcome::kDriverError && error.outcome != Outcome::kOverLimit) throw;
    return {};
  }
}

void Library::Impl::ToStartFile(const std::string& key, const Pipeline& made) {
  if (!start) return;
  std::vector<PassCode> codes = CodesOf(made.binary());
  std::vector<std::string> kept(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i].kept = kept[i] = driver_cache().Find(gpu->info(), made.binary(), i);
  std::lock_guard lock(mutex);
  start->Put(key, made.impl(), codes);
}

std::shared_ptr<const Kernel> Library::Impl::FindKernel(const std::string& name) {
  auto& known = kernels[name];
  if (known) return known;
  if (auto found = store().FindKernel(name)) return known = std::make_shared<const Kernel>(std::move(*found));
  kernels.erase(name);
  std::vector<std::string> names;
  for (const auto& kernel : store().Kernels()) names.push_back(kernel.name);
  throw Error(database.name() + ": no kernel '" + name + "'" + DidYouMean(name, names));
}

std::vector<Library::Impl::Choice> Library::Impl::Choose(const std::string& name, const Values& problem,
                                                         const LoadOptions& options, const Variants& refused, std::size_t most,
                                                         std::vector<LadderStep>* steps) {
  std::lock_guard lock(mutex);
  const auto kernel = FindKernel(name);
  const Values complete = CompleteProblem(*kernel, {}, problem, gpu->info());
  const Values types = TypesOf(*kernel, complete);
  std::vector<Choice> chosen;
  Variants tried = refused;
  std::string why_not;  // of the last that could have been taken
  const auto ruled_out = [&](const Candidate& candidate) {
    if (candidate.match > options.at_most) return true;
    if (!options.pattern.empty() && candidate.pattern != options.pattern) return true;
    if (options.point && candidate.point != *options.point) return true;
    return !chosen.empty() && candidate.match == Match::kManifestDefault;  // nobody has seen it work
  };
  const auto take = [&](const Candidate& candidate) {  // "", or why not
    auto binary = store().LoadBinary(kernel, candidate.pattern, candidate.point, types);
    if (!binary) return std::string("its SPIR-V is not stored");
    try {
      Plan plan = MakePlan(*binary, complete, gpu->info());
      chosen.push_back({std::move(*binary), std::move(plan), candidate.match,
                        name + " " + candidate.pattern + " " + candidate.point.ToText() + ": " + candidate.reason});
      return std::string();
    } catch (const DeviceError& error) {
      return std::string(error.what());
    }
  };
  const auto consider = [&](const Candidate& candidate) {
    if (ruled_out(candidate) || !tried.emplace(candidate.pattern, candidate.point).second) return false;
    const std::string refusal = take(candidate);
    if (steps) steps->push_back({candidate.pattern, candidate.point, candidate.match, candidate.reason, refusal});
    if (!refusal.empty()) why_not = refusal;
    return chosen.size() == most;
  };
  if (!ConsiderOwn(*kernel, complete, consider)) hone::Choose(store(), *kernel, complete, gpu->info(), consider);
  if (chosen.empty() && !options.pattern.empty() && options.point && options.at_most == Match::kManifestDefault) {
    Candidate demanded{.pattern = options.pattern, .point = *options.point, .match = Match::kManifestDefault};
    demanded.reason = "demanded by the caller";
    consider(demanded);
  }
  if (!chosen.empty()) return chosen;
  throw Error(database.name() + ": kernel " + name + " has no variant for " + complete.ToText() + " on " + gpu->info().name +
              " that the options allow" + (why_not.empty() ? "" : " (" + why_not + ")"));
}

bool Library::Impl::ConsiderOwn(const Kernel& kernel, const Values& problem,
                                const std::function<bool(const Candidate&)>& consider) {
  const Store* own = driver_cache().user();
  const auto best = own ? own->FindBest(kernel.name, problem, gpu->info().Key()) : std::nullopt;
  if (!best) return false;
  const auto source = own->FindKernel(kernel.name);
  if (!source || source->source_hash != kernel.source_hash) return false;
  Candidate candidate{.pattern = best->pattern, .point = best->point};
  candidate.reason = std::string(ToText(Match::kExact)) + ": measured in this application";
  return consider(candidate);
}

Pipeline Library::Impl::Load(const std::string& kernel, const Values& problem, const LoadOptions& options) {
  const std::string key = CacheKey(kernel, problem, options);
  {
    std::lock_guard lock(mutex);
    if (const auto known = loaded.find(key); known != loaded.end()) return known->second;
  }
  const auto keep = [&](Pipeline made) {
    std::lock_guard lock(mutex);
    if (loaded.size() >= kMaxCached) loaded.clear();
    return loaded.emplace(key, std::move(made)).first->second;
  };
  if (Pipeline made = FromStartFile(key)) return keep(std::move(made));
  Variants refused;
  for (;;) {
    Choice choice = std::move(Choose(kernel, problem, options, refused).front());
    refused.emplace(choice.binary.pattern, choice.binary.point);
    Pipeline made = TryToMake(std::move(choice));
    if (!made) continue;  // this driver will not have it: the next best
    ToStartFile(key, made);
    return keep(std::move(made));
  }
}

Pipeline Library::Impl::TryToMake(Choice choice) {
  try {
    auto begun = std::make_shared<Pipeline::Impl>();
    begun->plan = Flatten(choice.plan);
    begun->match = choice.match;
    begun->variant = std::make_shared<const LazyVariant>(
        Variant{choice.binary, std::move(choice.plan.problem), std::move(choice.explanation)});
    return MakePipeline(gpu, std::move(begun), CodesOf(choice.binary),
                        [&](std::size_t pass) { return driver_cache().KeeperFor(gpu->info(), choice.binary, pass); });
  } catch (const DeviceError& error) {
    if (error.outcome != Outcome::kDriverError && error.outcome != Outcome::kOverLimit) throw;
    return {};
  }
}

Library::Impl::Variants Library::Impl::FailedHere(const std::string& kernel) {
  std::lock_guard lock(mutex);
  Variants failed;
  store().ForEach({.kernel = kernel, .device_key = gpu->info().Key()}, [&](const Measurement& measured) {
    if (measured.outcome != Outcome::kOk) failed.emplace(measured.pattern, measured.point);
    return true;
  });
  return failed;
}

void Library::Impl::Keep(const std::vector<Pipeline>& pipelines, const Trials& trials) {
  std::lock_guard lock(mutex);
  Store* own = driver_cache().user();
  if (!own) return;
  if (start) start->Clear();  // the next start is to choose anew
  own->Transaction([&] {
    own->PutKernel(*pipelines[0].binary().kernel);
    const auto run =
        own->BeginRun({.command = "AdaptivePipeline", .version = hone_version(), .strategy = "adaptive"}, gpu->info());
    for (std::size_t i = 0; i < pipelines.size(); ++i) {
      if (trials.dropped(i)) continue;
      const Binary& binary = pipelines[i].binary();
      Measurement measured{.kernel = binary.kernel->name,
                           .pattern = binary.pattern,
                           .point = binary.point,
                           .problem = pipelines[i].problem(),
                           .samples_ns = trials.samples(i),
                           .statistics = Summarize(trials.samples(i)),
                           .phase = "search"};
      own->PutMeasurement(run, gpu->info(), measured);
    }
    own->EndRun(run);
  });
}

// Trouble with either database is never a transfer's error: the context then finds out by itself.
std::vector<TimedWay> Library::Impl::MeasuredTransfers() {
  std::vector<TimedWay> measured;
  const auto add = [&](const Store& from) {
    for (const TransferTime& best : from.BestTransfers(gpu->info().Key())) {
      const auto way = TransferWayFromText(best.way);
      const auto direction = best.direction == ToText(Direction::kUpload) ? Direction::kUpload : Direction::kDownload;
      if (way) measured.push_back({direction, best.bytes, *way, best.median_ns});
    }
  };
  try {
    std::lock_guard lock(mutex);
    add(store());
    if (const Store* own = driver_cache().user()) add(*own);
  } catch (const Error&) {
  }
  return measured;
}

void Library::Impl::KeepTransfers() {
  const std::vector<TimedWay> learnt = user_database.empty() ? std::vector<TimedWay>() : ways->Learnt();
  if (learnt.empty()) return;
  std::vector<TransferTime> timed;
  for (const auto& [direction, bytes, way, ns] : learnt) {
    timed.push_back({ToText(direction), bytes, ToText(way), ns});
  }
  try {
    driver_cache().user()->PutTransfers(gpu->info(), timed);
  } catch (const Error&) {
  }
}

Library::Library(const DatabaseSource& database, const DeviceHandles& device, const LibraryOptions& options)
    : impl_(std::make_unique<Impl>(database, Adopt(device), options)) {}
Library::Library(const DatabaseSource& database, Context& context, const LibraryOptions& options)
    : impl_(std::make_unique<Impl>(database, context.impl().gpu, options)) {
  impl_->ways = context.impl().ways;
  impl_->ways->SetSource(impl_.get(), [impl = impl_.get()] { return impl->MeasuredTransfers(); });
}
Library::Library(Library&&) noexcept = default;
Library::~Library() = default;

Pipeline Library::Load(const std::string& kernel, const Values& problem, const LoadOptions& options) const {
  return impl_->Load(kernel, problem, options);
}

std::vector<Pipeline> Library::Prewarm(const std::vector<Wanted>& wanted, unsigned threads) const {
  std::vector<Pipeline> made(wanted.size());
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex failure_mutex;
  auto work = [&] {
    for (std::size_t i; (i = next++) < wanted.size();) {
      try {
        made[i] = Load(wanted[i].kernel, wanted[i].problem, wanted[i].options);
      } catch (...) {
        std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
      }
    }
  };
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::jthread> workers;
  for (unsigned i = 1; i < std::min<std::size_t>(threads, wanted.size()); ++i) workers.emplace_back(work);
  work();
  workers.clear();  // joins
  if (failure) std::rethrow_exception(failure);
  return made;
}

AdaptivePipeline Library::LoadAdaptive(const std::string& kernel, const Values& problem, const AdaptiveOptions& options) const {
  const auto failed = impl_->FailedHere(kernel);
  std::vector<Pipeline> candidates;
  for (auto& choice : impl_->Choose(kernel, problem, options.load, failed, std::max<std::size_t>(options.candidates, 1))) {
    if (Pipeline made = impl_->TryToMake(std::move(choice))) candidates.push_back(std::move(made));
  }
  if (candidates.empty()) candidates.push_back(Load(kernel, problem, options.load));
  return AdaptivePipeline(std::make_shared<AdaptivePipeline::Impl>(
      std::move(candidates), options,
      [impl = impl_.get()](const std::vector<Pipeline>& all, const Trials& trials) { impl->Keep(all, trials); }));
}

std::string Library::Explain(const std::string& kernel, const Values& problem, const LoadOptions& options) const {
  return impl_->Choose(kernel, problem, options, {}).front().explanation;
}

std::vector<LadderStep> Library::Ladder(const std::string& kernel, const Values& problem, const LoadOptions& options) const {
  std::vector<LadderStep> steps;
  try {
    impl_->Choose(kernel, problem, options, {}, 1, &steps);
  } catch (const Error&) {
    if (steps.empty()) throw;
  }
  return steps;
}

const DeviceInfo& Library::device() const { return impl_->gpu->info(); }

std::vector<std::string> Library::Kernels() const {
  std::lock_guard lock(impl_->mutex);
  std::vector<std::string> names;
  for (const auto& kernel : impl_->store().Kernels()) names.push_back(kernel.name);
  return names;
}

void Library::ReleaseDescriptors() {
  if (impl_->gpu->descriptors) impl_->gpu->descriptors->Release();
}

}  // namespace hone
