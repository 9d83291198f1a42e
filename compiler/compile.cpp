#include "compiler/compile.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>

#include "compiler/defines.h"
#include "compiler/glsl.h"
#include "compiler/interface_check.h"
#include "compiler/once_map.h"
#include "compiler/optimize.h"
#include "compiler/reflect.h"
#include "compiler/sources.h"
#include "compiler/threads.h"

namespace hone {

// What became of a pass.
struct Made {
  std::shared_ptr<const Module> module;  // absent when there are errors
  std::vector<Diagnostic> diagnostics;
};

namespace {

// What one pass is compiled from.
struct Job {
  std::shared_ptr<const SourceTree> tree;
  Defines defines;  // those that the sources mention
  std::vector<std::string> optimize;
  Hash key;
};

Made Failed(Diagnostic diagnostic) {
  Made made;
  made.diagnostics.push_back(std::move(diagnostic));
  return made;
}

std::size_t BytesOf(const Made& made) { return 512 + (made.module ? made.module->words.size() * 4 : 0); }

bool HasError(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& d : diagnostics) {
    if (d.severity == "error") return true;
  }
  return false;
}

std::string Label(const Kernel& kernel, const std::string& pattern, const Values& point, const Values& types) {
  std::string label = kernel.name + " " + (pattern.empty() ? "reference" : pattern);
  for (const Values* values : {&types, &point}) {
    if (!values->empty()) label += " " + values->ToText();
  }
  return label;
}

}  // namespace

struct Compiler::Impl {
  CompilerOptions options;
  std::mutex mutex;  // of kernels and trees
  std::mutex cache_mutex;
  std::map<std::string, std::shared_ptr<const Kernel>> kernels;  // by name, source hash and folder
  std::map<std::string, std::shared_ptr<const SourceTree>> trees;
  OnceMap<Made> by_source;
  OnceMap<Made> by_words;  // unoptimised words and optimiser flags
  std::atomic<std::uint64_t> passes{0}, cached{0}, translated{0}, optimized{0};

  std::shared_ptr<const Kernel> Share(const Kernel& kernel) {
    const std::string key = kernel.name + "\n" + kernel.source_hash.ToHex() + "\n" + kernel.folder;
    std::lock_guard lock(mutex);
    auto& shared = kernels[key];
    if (!shared) shared = std::make_shared<const Kernel>(kernel);
    return shared;
  }

  std::shared_ptr<const SourceTree> Tree(const Kernel& kernel, const std::string& shader) {
    if (kernel.folder.empty()) throw Error("kernel '" + kernel.name + "' comes from a database and has no sources to compile");
    const std::string path = (std::filesystem::path(kernel.folder) / shader).string();
    std::lock_guard lock(mutex);
    auto& tree = trees[path];
    if (!tree)
      tree = std::make_shared<const SourceTree>(ReadSourceTree(path, IncludeDirs(kernel.folder, options.include_dirs)));
    return tree;
  }

  Job MakeJob(const Kernel& kernel, const Pass& pass, const Defines& defines, const std::vector<std::string>& optimize) {
    Job job{Tree(kernel, pass.shader), {}, optimize, {}};
    std::string text = ToolVersions() + "\n" + job.tree->hash.ToHex() + "\n";
    for (const auto& define : defines) {
      if (!job.tree->pastes && !job.tree->words.contains(define.first)) continue;
      job.defines.push_back(define);
      text += define.first + "=" + define.second + "\n";
    }
    // The value of a macro may name another macro.
    bool grew = true;
    while (grew) {
      grew = false;
      for (const auto& define : defines) {
        if (std::find(job.defines.begin(), job.defines.end(), define) != job.defines.end()) continue;
        for (const auto& taken : job.defines) {
          if (taken.second.find(define.first) == std::string::npos) continue;
          job.defines.push_back(define);
          text += define.first + "=" + define.second + "\n";
          grew = true;
          break;
        }
      }
    }
    for (const std::string& flag : optimize) text += flag + "\n";
    job.key = HashOf(std::string_view(text));
    return job;
  }

  Made Make(const Job& job) {
    ++passes;
    const auto once = by_source.At(job.key);
    std::call_once(once->flag, [&] {
      once->value = FromCacheOrNew(job);
      by_source.Keep(job.key, BytesOf(once->value), options.memory_bytes);
    });
    return once->value;
  }

  Made FromCacheOrNew(const Job& job) {
    if (options.cache) {
      std::lock_guard lock(cache_mutex);
      if (auto module = options.cache->Find(job.key)) {
        ++cached;
        return {std::move(module), {}};
      }
    }
    Made made = New(job);
    if (options.cache && made.module && made.diagnostics.empty()) {
      std::lock_guard lock(cache_mutex);
      options.cache->Put(job.key, *made.module);
    }
    return made;
  }

  Made New(const Job& job) {
    ++translated;
    GlslResult glsl;
    const std::string& file = job.tree->files[0];
    try {
      glsl = CompileGlsl(*job.tree, job.defines);
    } catch (const std::exception& error) {
      return Failed(MakeError({file}, std::string("the GLSL compiler failed: ") + error.what()));
    }
    Made made{nullptr, std::move(glsl.diagnostics)};
    for (const std::string& what : glsl.words.empty() ? std::vector<std::string>{} : ForeignResources(glsl.words)) {
      made.diagnostics.push_back(
          MakeError({file}, "declares " + what + "; a kernel has storage buffers of set 0 and push constants only"));
    }
    if (HasError(made.diagnostics)) return made;
    std::string text = HashOf(std::span<const std::uint32_t>(glsl.words)).ToHex();
    for (const std::string& flag : job.optimize) text += "\n" + flag;
    const Hash key = HashOf(std::string_view(text));
    const auto once = by_words.At(key);
    std::call_once(once->flag, [&] {
      once->value = Finish(glsl.words, job.optimize, file);
      by_words.Keep(key, BytesOf(once->value), options.memory_bytes);
    });
    made.module = once->value.module;
    made.diagnostics.insert(made.diagnostics.end(), once->value.diagnostics.begin(), once->value.diagnostics.end());
    return made;
  }

  Made Finish(const Words& unoptimized, const std::vector<std::string>& flags, const std::string& file) {
    ++optimized;
    auto module = std::make_shared<Module>();
    module->interface = Reflect(unoptimized);
    try {
      module->words = Optimize(unoptimized, flags);
    } catch (const std::exception& error) {
      return Failed(MakeError({file}, error.what()));
    }
    if (const std::string fact = Validate(module->words); !fact.empty()) {
      return Failed(MakeError({file}, "the module is not valid for Vulkan 1.3: " + fact));
    }
    const ModuleInterface after = Reflect(module->words);
    module->interface.shared_bytes = after.shared_bytes;  // of what the optimiser left
    module->interface.local_size = after.local_size;
    module->hash = HashOf(std::span<const std::uint32_t>(module->words));
    return {std::move(module), {}};
  }

  CompileResult MakeVariant(const std::shared_ptr<const Kernel>& kernel, const Pattern* pattern, const Values& point,
                            const Values& types);
};

namespace {

const std::vector<std::string>& OptimizeOf(const Kernel& kernel, const Pattern* pattern) {
  return pattern && !pattern->optimize.empty() ? pattern->optimize : kernel.optimize;
}

}  // namespace

CompileResult Compiler::Impl::MakeVariant(const std::shared_ptr<const Kernel>& kernel, const Pattern* pattern,
                                          const Values& point, const Values& types) {
  CompileResult result;
  Binary binary{kernel, pattern ? pattern->name : "", point, types, {}};
  std::set<std::string> declared;  // specialization constants
  const std::vector<Pass> own = pattern ? std::vector<Pass>{} : std::vector<Pass>{kernel->reference_pass};
  for (const Pass& pass : pattern ? pattern->passes : own) {
    const Defines defines = pattern ? DefinesOf(*pattern, pass, point, types) : DefinesOfReference(*kernel, types);
    const Job job = MakeJob(*kernel, pass, defines, OptimizeOf(*kernel, pattern));
    const Made made = Make(job);
    result.diagnostics.insert(result.diagnostics.end(), made.diagnostics.begin(), made.diagnostics.end());
    if (!made.module) continue;
    for (const auto& unfit : {CheckInterface(*kernel, pattern, pass, made.module->interface, *job.tree),
                              CheckFeatures(*kernel, pattern, pass, point, types, made.module->words)}) {
      result.diagnostics.insert(result.diagnostics.end(), unfit.begin(), unfit.end());
    }
    for (const auto& constant : made.module->interface.spec_constants) declared.insert(constant.name);
    binary.modules.push_back(made.module);
  }
  const std::string manifest = (std::filesystem::path(kernel->folder) / "kernel.toml").string();
  for (const Parameter& parameter : pattern && !HasError(result.diagnostics) ? pattern->parameters : std::vector<Parameter>{}) {
    if (!parameter.specialize || declared.contains(parameter.name)) continue;
    result.diagnostics.push_back(
        MakeError({manifest}, "parameter '" + parameter.name + "' of pattern '" + pattern->name +
                                  "' has specialize = true, but no shader declares it (layout(constant_id = 0) const uint " +
                                  parameter.name + " = 1;)"));
  }
  const std::string label = Label(*kernel, binary.pattern, point, types);
  for (Diagnostic& d : result.diagnostics) d.variant = label;
  if (!HasError(result.diagnostics)) result.binary = std::move(binary);
  return result;
}

std::string CompileResult::ToText() const {
  std::string text;
  for (const Diagnostic& d : diagnostics) text += (text.empty() ? "" : "\n") + d.ToText();
  return text;
}

Compiler::Compiler(CompilerOptions options) : impl_(std::make_unique<Impl>()) { impl_->options = std::move(options); }
Compiler::~Compiler() = default;

CompileResult Compiler::Compile(const Kernel& kernel, const std::string& pattern, const Values& point, const Values& types) {
  const auto shared = impl_->Share(kernel);
  const Pattern& chosen = RequirePattern(*shared, pattern);
  const Values complete = CompleteTypes(*shared, types);
  CompileResult result;
  RunOnLargeStack([&] { result = impl_->MakeVariant(shared, &chosen, point, complete); });
  return result;
}

CompileResult Compiler::CompileReference(const Kernel& kernel, const Values& types) {
  const auto shared = impl_->Share(kernel);
  if (shared->reference_pass.shader.empty()) throw Error("kernel '" + kernel.name + "' has no GLSL reference");
  const Values complete = CompleteTypes(*shared, types);
  CompileResult result;
  RunOnLargeStack([&] { result = impl_->MakeVariant(shared, nullptr, {}, complete); });
  return result;
}

void Compiler::CompileMany(const Kernel& kernel, const std::vector<Variant>& variants,
                           const std::function<void(std::size_t, CompileResult)>& take) {
  const auto shared = impl_->Share(kernel);
  const std::function<CompileResult(std::size_t)> make = [&](std::size_t index) {
    const Variant& variant = variants[index];
    return impl_->MakeVariant(shared, &RequirePattern(*shared, variant.pattern), variant.point,
                              CompleteTypes(*shared, variant.types));
  };
  RunInOrder<CompileResult>(variants.size(), ThreadCount(impl_->options.threads), 256, make, take);
}

Hash Compiler::Key(const Kernel& kernel, const std::string& pattern, const Values& point, const Values& types) {
  const Pattern& chosen = RequirePattern(kernel, pattern);
  const Values complete = CompleteTypes(kernel, types);
  std::string text;
  for (const Pass& pass : chosen.passes) {
    text +=
        impl_->MakeJob(kernel, pass, DefinesOf(chosen, pass, point, complete), OptimizeOf(kernel, &chosen)).key.ToHex() + "\n";
  }
  return HashOf(std::string_view(text));
}

Compiler::Counters Compiler::counters() const { return {impl_->passes, impl_->cached, impl_->translated, impl_->optimized}; }

std::string ToolVersions() {
  static const std::string versions = GlslVersion() + ", " + OptimizerVersion() + ", hone modules 3";
  return versions;
}

const Pattern& RequirePattern(const Kernel& kernel, const std::string& name) {
  if (const Pattern* pattern = FindPattern(kernel, name)) return *pattern;
  std::vector<std::string> names;
  for (const Pattern& pattern : kernel.patterns) names.push_back(pattern.name);
  throw Error("kernel '" + kernel.name + "' has no pattern '" + name + "'" + DidYouMean(name, names));
}

Values CompleteTypes(const Kernel& kernel, const Values& types) {
  Values complete;
  std::vector<std::string> names;
  for (const TypeChoice& type : kernel.types) {
    names.push_back(type.name);
    const Value* value = types.Find(type.name);
    const std::string word = value ? hone::ToText(*value) : type.options.at(0).glsl;
    std::vector<std::string> options;
    for (const TypeChoice::Option& option : type.options) options.push_back(option.glsl);
    if (std::find(options.begin(), options.end(), word) == options.end()) {
      throw Error("'" + word + "' is not one of the types of '" + type.name + "' of kernel '" + kernel.name + "'" +
                  DidYouMean(word, options));
    }
    complete.Set(type.name, word);
  }
  for (const auto& [name, value] : types.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Error("kernel '" + kernel.name + "' has no element type '" + name + "'" + DidYouMean(name, names));
    }
  }
  return complete;
}

}  // namespace hone
