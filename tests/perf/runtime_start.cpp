// A cold start: from nothing but a VkDevice to the first result of axpy.
//   perf_runtime_start [--json] [TUNED.db]      a database that holds axpy; without one, a packed one of its own is
//   made
//
// library:  hone::Library opened, Load, first dispatch done: as an application's second start is, with its start file,
//           on a Context and on a device of its own; with the driver's own binaries in the packed database; with SPIR-V
//           alone.
// by hand:  the same in raw Vulkan, from VkPipelineCache data and SPIR-V in memory, and from files, each read at once, neither
//           hashed; and with layouts of its own, as on a device of which nothing is known yet (its functions by hand are
//           resolved already). What it records and waits is the library's.
// glslang:  the same GLSL compiled at run time, no cache warm (every round compiles another constant).
// Then what each step inside the library costs, and 200 pipelines by Prewarm.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>

#include "db/pack.h"
#include "runtime/choose.h"
#include "runtime/context.h"
#include "runtime/context_impl.h"
#include "runtime/driver_binaries.h"
#include "runtime/library.h"
#include "runtime/pipeline_impl.h"
#include "runtime/start_file.h"
#include "tests/perf/figures.h"
#include "tests/runtime/test_kernels.h"
#ifdef HONE_WITH_COMPILER
#include "compiler/glsl.h"
#include "compiler/sources.h"
#include "compiler/threads.h"
#endif

namespace hone {
namespace {

constexpr std::int64_t kCount = 1000;
constexpr int kRepeats = 41;
const std::string kFolder = (std::filesystem::temp_directory_path() / "hone_perf_start").string();

void Write(const std::string& path, const void* data, std::size_t bytes) {
  std::ofstream(path, std::ios::binary).write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
}

template <typename T>
std::vector<T> Read(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  struct stat status {};
  fstat(file, &status);
  std::vector<T> all(static_cast<std::size_t>(status.st_size) / sizeof(T));
  const ssize_t got = read(file, all.data(), all.size() * sizeof(T));
  close(file);
  return got == status.st_size ? all : std::vector<T>();
}

// A tuned database with axpy measured on this device, packed; `kept`: with what the driver makes of it.
std::string MakeDatabase(Context& context, bool kept) {
  const std::string tuned = kFolder + "/tuned.db", packed = kFolder + (kept ? "/kept.db" : "/plain.db");
  std::filesystem::remove(tuned);
  {
    Store store = Store::Open(tuned, Store::Mode::kCreate);
    const Binary axpy = test::Axpy(64);
    store.PutBinary(axpy);
    const auto run = store.BeginRun({.command = "perf_runtime_start"}, context.info());
    Measurement measured{.kernel = "axpy", .pattern = "strided", .point = axpy.point, .problem = {{"n", kCount}}};
    measured.samples_ns = {1000, 1000, 1000};
    measured.statistics = Summarize(measured.samples_ns);
    store.PutMeasurement(run, context.info(), measured);
    if (kept) StoreDriverBinaries(store, context);
  }
  Pack(tuned, packed, {.pipeline_binaries = kept});
  return packed;
}

// The VkDevice as if nothing had been made on it, and no more of it than a few commands need.
std::shared_ptr<Gpu> Anew(Gpu& known) {
  auto gpu = std::make_shared<Gpu>();
  gpu->d = known.d;
  gpu->application = known.instance->handle();
  gpu->device = known.device;
  gpu->push_descriptors = known.push_descriptors;
  gpu->physical = known.physical;
  gpu->alignment = known.alignment;
  if (!known.push_descriptors) gpu->descriptors = std::make_unique<DescriptorHeap>(*gpu);
  return gpu;
}

// All of a pipeline like this but its VkPipeline: what by hand would be a few lines of code.
std::shared_ptr<Pipeline::Impl> BlankOf(const Pipeline& like) {
  auto blank = std::make_shared<Pipeline::Impl>(like.impl());
  blank->passes.clear();
  return blank;
}

void MakeByHand(Pipeline::Impl& blank, const std::shared_ptr<Gpu>& gpu, const PipelineLayout& layout, const Module& module,
                std::string_view kept) {
  const auto made = kept.empty() ? gpu->Make(module, blank.plan->passes[0], layout.layout, nullptr)
                                 : gpu->MakeFrom(module, blank.plan->passes[0], layout.layout, kept);
  blank.gpu = gpu;
  blank.layout = layout;
  blank.passes = {std::make_shared<ComputePipeline>(gpu, made)};
}

// The same with a VkPipeline of its own. A library on this context shares VkPipelines that are alive, and so would find
// this one made already instead of starting cold.
Pipeline Alone(const Pipeline& loaded) {
  const auto alone = BlankOf(loaded);
  MakeByHand(*alone, alone->gpu, alone->layout, *loaded.binary().modules[0], "");
  return Pipeline(alone);
}

class Benchmark {
 public:
  Benchmark(const Figures& figures, const std::string& given)
      : figures_(figures),
        with_binaries_(given.empty() ? MakeDatabase(context_, true) : given),
        without_(given.empty() ? MakeDatabase(context_, false) : given),
        x_(context_.CreateBuffer(kCount * 4)),
        y_(context_.CreateBuffer(kCount * 4)),
        known_(Alone(Library(with_binaries_, context_).Load("axpy", {{"n", kCount}}))),
        kept_(known_.DriverBinaries()[0]),
        blank_(BlankOf(known_)),
        own_(Own()) {
    context_.Fill(x_, 0);
    context_.Fill(y_, 0);
    figures_.Title("axpy on " + context_.info().name + ", " + std::to_string(kRepeats) + " cold starts each");
  }

  // Each round starts every way once, so that all meet the same machine.
  void Totals() {
    const std::string user = kFolder + "/user.db";
    OpenLoadRun(with_binaries_, user);  // writes the start file
    Write(kFolder + "/axpy.spv", Module0().words.data(), Module0().words.size() * 4);
    Write(kFolder + "/axpy.cache", kept_.data(), kept_.size());
    std::vector<Way> ways{
        {"library: open, load, run", [&] { OpenLoadRun(with_binaries_, user); }, {}},
        {"library on the application's own device", [&] { OpenLoadRun(with_binaries_, own_, user); }, {}},
        {"library without a start file", [&] { OpenLoadRun(with_binaries_); }, {}},
        {"library without anything stored", [&] { OpenLoadRun(without_); }, {}},
        {"by hand: pipeline, run", [&] { RunByHand(context_.impl().gpu, known_.impl().layout, Module0(), kept_); }, {}},
        {"by hand: the files read, pipeline, run", [&] { RunFromFiles(context_.impl().gpu, known_.impl().layout); }, {}},
        {"by hand: the files read, layouts, pipeline, run", [&] { RunFromFilesAnew(); }, {}},
#ifdef HONE_WITH_COMPILER
        {"glslang: compile, pipeline with cold caches, run", [&] { CompileAndRun(); }, {}},
#endif
    };
    std::vector<std::size_t> order(ways.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937 random;
    for (int round = 0; round < kRepeats; ++round) {
      std::shuffle(order.begin(), order.end(), random);  // each comes behind each other one: caches
      for (const std::size_t i : order) ways[i].ms.push_back(Milliseconds(ways[i].start));
    }
    std::vector<double> medians;
    for (const Way& way : ways) medians.push_back(figures_.Add(way.what, way.ms, "ms"));
    figures_.Ratio("library / by hand", medians[0] / medians[4]);
    figures_.Ratio("library / by hand with files", medians[0] / medians[5]);
    figures_.Ratio("library on own device / by hand with layouts", medians[1] / medians[6]);
    if (ways.size() > 7) figures_.Ratio("glslang / library", medians[7] / medians[0]);
  }

  void Steps() {
    if (const auto seal = ReadSeal(with_binaries_)) {
      const std::string path = kFolder + "/user.db.start", key = "axpy n=1000/5" + known_.binary().pattern + "/*";
      Time("  ReadSeal", [&] { (void)ReadSeal(with_binaries_); });
      Time("  start file: open", [&] { StartFile(path, *seal, context_.impl().gpu->identity); });
      StartFile file(path, *seal, context_.impl().gpu->identity);
      Time("  start file: find", [&] {
        if (!file.Find(key)) throw Error(path + ": has no '" + key + "'");
      });
    }
    {
      const Library library(with_binaries_, context_, {.user_database = kFolder + "/user.db"});
      const Pipeline alive = library.Load("axpy", {{"n", kCount}}, {.pattern = known_.binary().pattern});
      const auto again = [&] { OpenLoad(with_binaries_, context_, kFolder + "/user.db"); };
      Time("  open, load; its VkPipeline is there", again);
      std::vector<double> cold;
      for (int i = 0; i < kRepeats; ++i) {
        EmptyCaches();
        cold.push_back(Milliseconds(again));
      }
      figures_.Add("  the same with empty CPU caches", cold, "ms");
    }
    Gpu& gpu = *context_.impl().gpu;
    Dispatch functions = gpu.d;
    Time("  own device: its functions", [&] { functions.InitForPipelines(context_.instance(), gpu.device); });
    Time("  own device: its properties", [&] { (void)IdentityOf(DeviceProperties(functions, gpu.physical), gpu.enabled); });
    const FlatPlan& plan = *known_.impl().plan;
    Time("  own device: layouts", [&] { Anew(gpu)->LayoutFor(plan.binding_count(), plan.push_bytes); });
    Time("  own device: Library", [&] { Library(with_binaries_, own_, {.user_database = kFolder + "/user.db"}); });
    const Binary& binary = known_.binary();
    const Values problem = known_.problem();
    Time("  Store::Open", [&] { Store::Open(with_binaries_, Store::Mode::kLoad); });
    std::vector<double> find, choose, load, kept;
    for (int i = 0; i < kRepeats; ++i) {  // a new connection each time: nothing prepared, nothing in its cache
      const Store fresh = Store::Open(with_binaries_, Store::Mode::kLoad);
      std::shared_ptr<const Kernel> kernel;
      find.push_back(Milliseconds([&] { kernel = std::make_shared<const Kernel>(*fresh.FindKernel("axpy")); }));
      choose.push_back(
          Milliseconds([&] { Choose(fresh, *kernel, problem, context_.info(), [](const Candidate&) { return true; }); }));
      load.push_back(Milliseconds([&] { (void)fresh.LoadBinary(kernel, binary.pattern, binary.point, binary.types); }));
      kept.push_back(Milliseconds([&] { (void)fresh.PipelineBinaries(context_.info(), binary, 0); }));
    }
    figures_.Add("  FindKernel", find, "ms");
    figures_.Add("  Choose", choose, "ms");
    figures_.Add("  LoadBinary", load, "ms");
    figures_.Add("  PipelineBinaries", kept, "ms");
    Time("  MakePlan", [&] { (void)MakePlan(binary, problem, context_.info()); });
    Time("  VkPipeline from kept data", [&] {
      MakeByHand(*blank_, context_.impl().gpu, known_.impl().layout, Module0(), kept_);
      blank_->passes.clear();
    });
    Time("  dispatch and wait", [&] { Run(known_); });
    const Library library(with_binaries_, context_);
    std::int64_t n = kCount;
    Time("load another problem", [&] { library.Load("axpy", {{"n", ++n}}); });
    Time("load the same again", [&] { library.Load("axpy", {{"n", n}}); });
  }

  void Prewarm() {
    const std::string path = kFolder + "/many.db";
    std::filesystem::remove(path);
    std::vector<Wanted> wanted;
    {
      Store store = Store::Open(path, Store::Mode::kCreate);
      store.Transaction([&] {
        for (int i = 0; i < 200; ++i) {
          const Binary one = test::Special(i, 64);
          store.PutBinary(one);
          wanted.push_back({"special", {{"n", 1000}}, {.pattern = one.pattern, .point = one.point}});
        }
      });
    }
    const Library library(path, context_);
    figures_.Add("200 pipelines by Prewarm", {Milliseconds([&] { (void)library.Prewarm(wanted); })}, "ms");
  }

 private:
  struct Way {
    const char* what;
    std::function<void()> start;
    std::vector<double> ms;
  };

  const Module& Module0() const { return *known_.binary().modules[0]; }

  void Run(const Pipeline& pipeline) { context_.Run(pipeline, {x_, y_}, {{"a", 1}}); }
  // The context's device as an application's, of which the library knows nothing yet.
  DeviceHandles Own() const {
    const Enabled& enabled = context_.impl().gpu->enabled;
    return {.instance = context_.instance(),
            .physical_device = context_.physical_device(),
            .device = context_.device(),
            .features = enabled.features,
            .extensions = enabled.extensions};
  }
  void OpenLoadRun(const std::string& path, const std::string& user = "") { OpenLoadRun(path, context_, user); }
  template <typename Device>
  [[gnu::noinline]] void OpenLoad(const std::string& path, Device&& device, const std::string& user) {
    const Library library(path, device, {.user_database = user});
    (void)library.Load("axpy", {{"n", kCount}}, {.pattern = known_.binary().pattern});
  }
  void EmptyCaches() {
    static std::vector<char> other(256 << 20);
    for (std::size_t i = 0; i < other.size(); i += 64) ++other[i];
  }
  template <typename Device>
  void OpenLoadRun(const std::string& path, Device&& device, const std::string& user) {
    const Library library(path, device, {.user_database = user});
    Run(library.Load("axpy", {{"n", kCount}}, {.pattern = known_.binary().pattern}));
  }

  void RunByHand(const std::shared_ptr<Gpu>& gpu, const PipelineLayout& layout, const Module& module, std::string_view kept) {
    MakeByHand(*blank_, gpu, layout, module, kept);
    context_.Run(Pipeline(blank_), {x_, y_}, {{"a", 1}});
    blank_->passes.clear();
    blank_->gpu = nullptr;
  }
  void RunFromFiles(const std::shared_ptr<Gpu>& gpu, const PipelineLayout& layout) {
    const Module module{.words = Read<std::uint32_t>(kFolder + "/axpy.spv")};
    const auto kept = Read<char>(kFolder + "/axpy.cache");
    RunByHand(gpu, layout, module, {kept.data(), kept.size()});
  }
  void RunFromFilesAnew() {
    const auto gpu = Anew(*context_.impl().gpu);
    RunFromFiles(gpu, gpu->LayoutFor(known_.impl().plan->binding_count(), known_.impl().plan->push_bytes));
  }

  void Time(const char* what, const std::function<void()>& body) {
    std::vector<double> ms;
    for (int i = 0; i < kRepeats; ++i) ms.push_back(Milliseconds(body));
    figures_.Add(what, ms, "ms");
  }

#ifdef HONE_WITH_COMPILER
  void CompileAndRun() {
    std::vector<char> read = Read<char>(std::string(HONE_TEST_SHADERS) + "/axpy.comp");
    if (read.empty()) read = Read<char>("tests/runtime/shaders/axpy.comp");  // carried to another machine, with the checkout
    if (read.empty()) throw Error("axpy.comp is not here; run it from the repository's root");
    const std::string text(read.begin(), read.end()), path = kFolder + "/axpy.comp";
    const std::string salted =
        text.substr(0, text.rfind('}')) + " if (i == 4000000000u) y[0] = " + std::to_string(++salt_ & 0xffffff) + ";\n}\n";
    Write(path, salted.data(), salted.size());
    Module module;
    RunOnLargeStack([&] { module.words = CompileGlsl(ReadSourceTree(path, {}), {{"WG", "64"}}).words; });
    RunByHand(context_.impl().gpu, known_.impl().layout, module, "");
  }
  std::uint32_t salt_ = std::random_device()();  // drivers remember programs of earlier runs, too
#endif

  const Figures& figures_;
  Context context_;
  std::string with_binaries_, without_;
  GpuBuffer x_, y_;
  Pipeline known_;
  std::string kept_;
  std::shared_ptr<Pipeline::Impl> blank_;
  DeviceHandles own_;
};

}  // namespace
}  // namespace hone

int main(int count, char** arguments) try {
  const hone::Figures figures(count, arguments);
  std::filesystem::create_directories(hone::kFolder);
  hone::Benchmark benchmark(figures, figures.others().empty() ? "" : figures.others()[0]);
  benchmark.Totals();
  benchmark.Steps();
  benchmark.Prewarm();
} catch (const std::exception& error) {
  return std::fprintf(stderr, "perf_runtime_start: %s\n", error.what()), 1;
}
