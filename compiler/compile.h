// Variants to SPIR-V: a Compiler keeps what it has compiled, so that equal code is compiled and optimised once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics.h"
#include "db/kernel.h"

namespace hone {

struct Variant {
  std::string pattern;
  Values point;
  Values types;  // element types; missing ones are the kernel's defaults
};

// A variant that does not compile is a normal answer (Outcome::kCompileError).
struct CompileResult {
  std::optional<Binary> binary;         // absent when there are errors
  std::vector<Diagnostic> diagnostics;  // errors and warnings, with the variant they are about
  bool ok() const { return binary.has_value(); }
  std::string ToText() const;  // the diagnostics, one after the other
};

// Modules kept from earlier runs, by key. One call at a time, from several threads.
class ModuleCache {
 public:
  virtual ~ModuleCache() = default;
  virtual std::shared_ptr<const Module> Find(const Hash& key) = 0;  // nullptr when absent
  virtual void Put(const Hash& key, const Module& module) = 0;
};

struct CompilerOptions {
  std::vector<std::string> include_dirs;              // searched after the kernel's folder and common/ beside it
  unsigned threads = 0;                               // of CompileMany; 0: all cores
  std::size_t memory_bytes = std::size_t{128} << 20;  // modules kept in memory; the oldest go first
  ModuleCache* cache = nullptr;                       // must outlive the Compiler
};

// Threads: every function may be called by any number of threads at once. Files are read once in a Compiler's life.
class Compiler {
 public:
  explicit Compiler(CompilerOptions options = {});
  ~Compiler();
  Compiler(const Compiler&) = delete;

  // One module per pass. The same variant gives the same words on every machine and whatever was compiled before.
  // Errors: Error for a pattern the kernel does not have and for a kernel that came from a database (no folder).
  CompileResult Compile(const Kernel& kernel, const std::string& pattern, const Values& point, const Values& types = {});

  // The kernel's GLSL reference: a Binary whose pattern is "" and that has one module. Errors: Error when it has none.
  CompileResult CompileReference(const Kernel& kernel, const Values& types = {});

  // All of `variants` on all cores; `take` gets the results in order, on the calling thread, as they come.
  void CompileMany(const Kernel& kernel, const std::vector<Variant>& variants,
                   const std::function<void(std::size_t, CompileResult)>& take);

  // What decides a variant's modules: the sources each pass reads, the macros they mention, the passes of the optimiser, the
  // versions of the tools. Equal keys: equal modules. Cheap (microseconds): compiles nothing.
  Hash Key(const Kernel& kernel, const std::string& pattern, const Values& point, const Values& types = {});

  struct Counters {
    std::uint64_t passes = 0;      // modules asked for
    std::uint64_t cached = 0;      // found in the ModuleCache
    std::uint64_t translated = 0;  // GLSL compiled
    std::uint64_t optimized = 0;   // distinct modules optimised
  };
  Counters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "glslang 15.1.0, SPIRV-Tools v2025.1 …, hone modules 3": what a cache of modules depends on.
std::string ToolVersions();

// Errors: Error with the nearest name when the kernel has no such pattern.
const Pattern& RequirePattern(const Kernel& kernel, const std::string& name);

// The kernel's element types with `types` over their defaults. Errors: Error for a type or an option that the kernel does not
// have.
Values CompleteTypes(const Kernel& kernel, const Values& types);

}  // namespace hone
