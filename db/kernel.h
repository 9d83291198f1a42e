// A kernel: one operation with one contract, as its manifest (kernels/<name>/kernel.toml) says and the database stores
// it.
//
// compiler/template.cpp fills it from TOML; db/kernel_json.cpp stores and loads it; tuner/ and runtime/ read it. All
// formulas are kept as text here and parsed where they are used; whoever makes a Kernel has parsed each once (see
// db/formula.h).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/device.h"
#include "db/hash.h"
#include "db/values.h"

namespace hone {

// Scalars by their GLSL names: "float" "float16_t" "bfloat16_t" "double" "int" "uint" "int8_t" "uint8_t" "int16_t"
// "uint16_t" "int64_t" "uint64_t". 0 when `glsl` is none of them.
std::size_t ScalarBytes(std::string_view glsl);

// What a device must have. Names as in DeviceInfo.
struct Requires {
  std::vector<std::string> features;
  std::vector<std::string> extensions;
  bool empty() const { return features.empty() && extensions.empty(); }
};

// An integer of the problem (n, m, k, rows …). Bounds are inclusive.
struct ProblemInteger {
  std::string name;
  std::int64_t min = 1;
  std::int64_t max = (std::int64_t{1} << 31) - 1;
};

// An element type the caller chooses: part of the problem ("T=float16_t n=4096"), a #define in GLSL (T and T_BYTES).
struct TypeChoice {
  struct Option {
    std::string glsl;  // "float16_t"
    Requires requires_;
  };
  std::string name;             // "T"
  std::vector<Option> options;  // the first is the default
};

enum class Access { kRead, kWrite, kReadWrite };

// How a buffer is filled for checks and timing. Seeded: the same seed gives the same bytes on every machine.
struct Fill {
  enum class Kind { kZero, kConstant, kUniform, kNormal, kRamp, kIntegers, kRandomBits };
  Kind kind = Kind::kUniform;
  double low = -1,
         high = 1;  // uniform and integers: range; constant: low; normal: mean low, deviation high; ramp: start, step
};

// A storage buffer. Its binding is its position among the kernel's buffers; workspaces follow them, in order.
struct Buffer {
  std::string name;
  std::string type;    // scalar name, or the name of a TypeChoice
  std::string length;  // formula: elements
  Access access = Access::kRead;
  Fill fill;
};

// A push constant. Offsets come from reflection of each module, never from here.
struct PushConstant {
  std::string name;
  std::string type;   // GLSL scalar
  std::string value;  // formula over problem, parameters and loop index; empty: the caller gives it (a "scalar argument")
  double test = 1;    // what checks and timing pass for a scalar argument
};

struct Parameter {
  std::string name;
  std::vector<Value> values;                  // in the manifest's order, each once
  bool specialize = false;                    // a specialization constant instead of a #define
  std::map<std::string, Requires> requires_;  // by value's text
};

// One dispatch of a pattern.
struct Pass {
  std::string shader;               // file, relative to the kernel's folder
  std::vector<std::string> groups;  // three formulas (x, y, z); or one: a linear grid, folded into x and y when it is over
                                    // the device's maxComputeWorkGroupCountX, so that the shader's group index is
                                    // gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x and may exceed the count asked
  std::string when;                 // formula; 0 = the pass is skipped. Empty: always
  std::string loop;                 // name of the loop this pass belongs to; consecutive passes of one name are its body
  std::string subgroup_size;        // formula: required subgroup size; empty or 0: the driver's choice
  std::map<std::string, std::string> defines;  // further #defines of this pass
};

// A repeated sequence of passes (radix sort's digits, a reduction tree).
struct Loop {
  std::string name;
  std::string count;  // formula: iterations
  std::string index;  // the name that formulas and push constants read the iteration by (0, 1, …)
  std::vector<std::pair<std::string, std::string>> swap;  // buffers whose bindings are exchanged in odd iterations
};

struct Constraint {
  std::string text;  // formula; non-zero = legal
  int line = 0;      // in the manifest; 0 when it came from a database
  int column = 0;
};

// One way to do the operation.
struct Pattern {
  std::string name;
  std::string summary;
  std::vector<Parameter> parameters;
  std::vector<Constraint> where;
  Requires requires_;
  std::vector<Buffer> workspaces;  // provided by the runtime, contents undefined at start (filled with poison in checks)
  std::vector<Loop> loops;
  std::vector<Pass> passes;
  Values default_point;
  std::vector<std::string> optimize;  // {"-O"}, {"-Os"}, {"none"} or explicit SPIRV-Tools passes; empty: the kernel's
};

struct Tolerance {
  enum class Kind { kAbsoluteRelative, kUlp, kExact, kStatistical };
  Kind kind = Kind::kAbsoluteRelative;
  double absolute = 0, relative = 1e-5;  // |a-b| <= absolute + relative*|b|
  double ulp = 0;
  // kStatistical: rms(error) <= relative * rms(reference), and no element's error over absolute * relative *
  // rms(reference)
};

struct Kernel {
  std::string name;
  std::string summary;
  std::string source;  // paper, specification, library
  std::vector<ProblemInteger> integers;
  std::vector<TypeChoice> types;
  std::vector<Buffer> buffers;
  std::vector<PushConstant> push_constants;
  std::vector<Values> problems;        // tuned by default, largest work last
  std::vector<Values> check_problems;  // small and odd sizes that `hone check` runs, and tuning checks a winner on
  std::vector<Constraint> where;       // over problem only: what a caller may ask
  std::vector<Pattern> patterns;       // the first is the default pattern
  std::string reference_cpp;           // name of a C++ reference (tuner/reference.h); empty: reference_pass
  Pass reference_pass;                 // plain GLSL over the kernel's buffers; may need features of its own:
  Requires reference_requires;
  std::map<std::string, Tolerance> tolerances;  // by buffer name or element type; "" is the default
  std::string bytes;                            // formula: bytes an ideal implementation moves; empty: not bandwidth bound
  std::string flops;                            // formula; empty: none
  std::vector<std::string> optimize;
  std::string folder;  // where it was read from; empty when it came from a database
  Hash source_hash;    // over the manifest and every file it and its shaders include
};

// What a module's shader declares, from reflection.
struct ModuleInterface {
  struct PushMember {
    std::string name;
    std::string type;  // GLSL scalar
    std::uint32_t offset = 0;
  };
  struct Binding {
    std::uint32_t binding = 0;
    bool writes = false;
  };
  struct SpecConstant {
    std::string name;
    std::uint32_t id = 0;
    std::string type;
  };
  std::vector<PushMember> push;
  std::uint32_t push_bytes = 0;
  std::vector<Binding> bindings;
  std::vector<SpecConstant> spec_constants;
  std::uint32_t shared_bytes = 0;
  std::array<std::uint32_t, 3> local_size{1, 1, 1};
};

// The SPIR-V of one pass of one variant.
struct Module {
  Hash hash;  // HashOf(words)
  std::vector<std::uint32_t> words;
  ModuleInterface interface;
};

// A variant made ready to run: what the compiler makes, the worker measures, the database stores and the runtime
// dispatches.
struct Binary {
  std::shared_ptr<const Kernel> kernel;
  std::string pattern;
  Values point;
  Values types;                                        // element types chosen: "T=float"
  std::vector<std::shared_ptr<const Module>> modules;  // one per pass of the pattern
  const Pattern& GetPattern() const;                   // Errors: Error when the kernel has no such pattern
};

const Pattern* FindPattern(const Kernel& kernel, std::string_view name);  // nullptr when absent

// All that a variant asks of a device: its pattern's, its point's and its element types' requirements.
Requires NeedsOf(const Kernel& kernel, const Pattern& pattern, const Values& point, const Values& types);
Requires NeedsOfAny(const Kernel& kernel);  // what some variant of it asks for
// What a pattern may use without requiring it, since a device does without: a specialized workgroup size, a chosen subgroup
// size.
std::vector<std::string> ImpliedFeatures(const Pattern& pattern);
bool Meets(const DeviceInfo& device, const Requires& needs);

// The element types of a problem: as it says, or else each choice's default. "n=4 T=float16_t" -> "T=float16_t".
Values TypesOf(const Kernel& kernel, const Values& problem);

// JSON, the form in which the database carries them, and the worker's pipe kernels and devices. From*: Errors: Error names what
// is missing or wrong; safe on hostile input.
std::string KernelToJson(const Kernel& kernel);
Kernel KernelFromJson(std::string_view json);
std::string InterfaceToJson(const ModuleInterface& interface);
ModuleInterface InterfaceFromJson(std::string_view json);
std::string DeviceToJson(const DeviceInfo& device);
DeviceInfo DeviceFromJson(std::string_view json);

// A Binary as bytes for a pipe between processes of one machine: header as JSON, then the modules' words. FromBytes
// checks everything, each module's hash too. Errors: Error.
std::string BinaryToBytes(const Binary& binary);
Binary BinaryFromBytes(std::string_view bytes);

}  // namespace hone
