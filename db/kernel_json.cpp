// Kernel <-> JSON. The writer writes every field; the reader wants every field, so that nothing is ever half said.
#include <array>
#include <limits>

#include "db/error.h"
#include "db/json_object.h"
#include "db/kernel.h"

namespace hone {
namespace {

using nlohmann::json;

constexpr std::size_t kFew = 64, kMany = 4096;
constexpr std::array kAccesses{"read", "write", "readwrite"};
constexpr std::array kFills{"zero", "constant", "uniform", "normal", "ramp", "integers", "bits"};
constexpr std::array kTolerances{"absolute-relative", "ulp", "exact", "statistical"};

template <typename Enum, std::size_t N>
Enum EnumOf(const JsonObject& object, std::string_view key, const std::array<const char*, N>& names) {
  const std::string text = object.Text(key);
  for (std::size_t i = 0; i < N; ++i) {
    if (text == names[i]) return static_cast<Enum>(i);
  }
  object.Bad(key, "unknown word '" + text.substr(0, 40) + "'");
}

template <typename Item, typename Write>
json List(const std::vector<Item>& items, Write write) {
  json list = json::array();
  for (const Item& item : items) list.push_back(write(item));
  return list;
}

// --- requirements, defines, values ---

json Write(const Requires& requires_) { return {{"features", requires_.features}, {"extensions", requires_.extensions}}; }
Requires ReadRequires(const json& value, const std::string& place) {
  const JsonObject object(value, place, {"features", "extensions"});
  return {object.Texts("features"), object.Texts("extensions")};
}

json Write(const Values& values) { return values.ToText(); }
std::vector<Values> ReadProblems(const JsonObject& object, std::string_view key) {
  std::vector<Values> problems;
  object.Each(key, kMany, [&](const json& value, const std::string& place) {
    if (!value.is_string()) throw Error(place + ": not a text of NAME=VALUE");
    problems.push_back(Values::FromText(value.get_ref<const std::string&>()));
  });
  return problems;
}

std::map<std::string, std::string> ReadTextMap(const json& value, const std::string& place) {
  if (!value.is_object() || value.size() > kFew) throw Error(place + ": not a small object of texts");
  std::map<std::string, std::string> map;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) throw Error(place + "." + key + ": not a string");
    map[key] = text.get<std::string>();
  }
  return map;
}

// --- the contract ---

json Write(const ProblemInteger& integer) { return {{"name", integer.name}, {"min", integer.min}, {"max", integer.max}}; }
ProblemInteger ReadInteger(const json& value, const std::string& place) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  const JsonObject object(value, place, {"name", "min", "max"});
  return {object.Name("name"), object.Integer("min", least, most), object.Integer("max", least, most)};
}

json Write(const TypeChoice& choice) {
  return {{"name", choice.name}, {"options", List(choice.options, [](const TypeChoice::Option& option) -> json {
                                    return {{"glsl", option.glsl}, {"requires", Write(option.requires_)}};
                                  })}};
}
TypeChoice ReadType(const json& value, const std::string& place) {
  const JsonObject object(value, place, {"name", "options"});
  TypeChoice choice{object.Name("name"), {}};
  object.Each("options", kFew, [&](const json& option, const std::string& at) {
    const JsonObject inner(option, at, {"glsl", "requires"});
    if (ScalarBytes(inner.Text("glsl")) == 0) inner.Bad("glsl", "not a GLSL scalar");
    choice.options.push_back({inner.Text("glsl"), ReadRequires(inner.At("requires"), inner.Place("requires"))});
  });
  if (choice.options.empty()) object.Bad("options", "empty");
  return choice;
}

json Write(const Buffer& buffer) {
  return {
      {"name", buffer.name},
      {"type", buffer.type},
      {"length", buffer.length},
      {"access", kAccesses[static_cast<std::size_t>(buffer.access)]},
      {"fill",
       {{"kind", kFills[static_cast<std::size_t>(buffer.fill.kind)]}, {"low", buffer.fill.low}, {"high", buffer.fill.high}}}};
}
Buffer ReadBuffer(const json& value, const std::string& place) {
  const JsonObject object(value, place, {"name", "type", "length", "access", "fill"});
  const JsonObject fill(object.At("fill"), object.Place("fill"), {"kind", "low", "high"});
  return {object.Name("name"),
          object.Name("type"),
          object.Formula("length"),
          EnumOf<Access>(object, "access", kAccesses),
          {EnumOf<Fill::Kind>(fill, "kind", kFills), fill.Number("low"), fill.Number("high")}};
}

json Write(const PushConstant& push) {
  return {{"name", push.name}, {"type", push.type}, {"value", push.value}, {"test", push.test}};
}
PushConstant ReadPush(const json& value, const std::string& place) {
  const JsonObject object(value, place, {"name", "type", "value", "test"});
  return {object.Name("name"), object.Name("type"), object.Formula("value"), object.Number("test")};
}

json Write(const Constraint& constraint) { return constraint.text; }
std::vector<Constraint> ReadConstraints(const JsonObject& object, std::string_view key) {
  std::vector<Constraint> constraints;
  object.Each(key, kMany, [&](const json& value, const std::string& place) {
    const json wrapped{{"where", value}};
    constraints.push_back({JsonObject(wrapped, place, {"where"}).Formula("where"), 0, 0});
  });
  return constraints;
}

json Write(const Tolerance& tolerance) {
  return {{"kind", kTolerances[static_cast<std::size_t>(tolerance.kind)]},
          {"absolute", tolerance.absolute},
          {"relative", tolerance.relative},
          {"ulp", tolerance.ulp}};
}
Tolerance ReadTolerance(const json& value, const std::string& place) {
  const JsonObject object(value, place, {"kind", "absolute", "relative", "ulp"});
  return {EnumOf<Tolerance::Kind>(object, "kind", kTolerances), object.Number("absolute"), object.Number("relative"),
          object.Number("ulp")};
}

// --- patterns ---

json Write(const Parameter& parameter) {
  json requirements = json::object();
  for (const auto& [value, requires_] : parameter.requires_) requirements[value] = Write(requires_);
  return {{"name", parameter.name},
          {"values", List(parameter.values, [](const Value& value) { return json(ToText(value)); })},
          {"specialize", parameter.specialize},
          {"requires", requirements}};
}
Parameter ReadParameter(const json& value, const std::string& place) {
  const JsonObject object(value, place, {"name", "values", "specialize", "requires"});
  Parameter parameter{object.Name("name"), {}, object.Flag("specialize"), {}};
  object.Each("values", kMany, [&](const json& text, const std::string& at) {
    if (!text.is_string()) throw Error(at + ": not a string");
    parameter.values.push_back(ValueFromText(text.get_ref<const std::string&>()));
  });
  const json& requirements = object.At("requires");
  if (!requirements.is_object()) object.Bad("requires", "not an object");
  for (const auto& [key, inner] : requirements.items()) {
    parameter.requires_[key] = ReadRequires(inner, object.Place("requires"));
  }
  return parameter;
}

json Write(const Pass& pass) {
  return {{"shader", pass.shader}, {"groups", pass.groups},   {"when", pass.when},
          {"loop", pass.loop},     {"defines", pass.defines}, {"subgroup_size", pass.subgroup_size}};
}
Pass ReadPass(const json& value, const std::string& place) {
  const JsonObject object(value, place, {"shader", "groups", "when", "loop", "defines", "subgroup_size"});
  Pass pass{object.Text("shader"), object.Texts("groups"),          object.Formula("when"),
            object.Text("loop"),   object.Formula("subgroup_size"), ReadTextMap(object.At("defines"), object.Place("defines"))};
  if (pass.groups.size() > 3) object.Bad("groups", "more than three formulas");
  for (const std::string& groups : pass.groups) {
    const json wrapped{{"groups", groups}};
    JsonObject(wrapped, place, {"groups"}).Formula("groups");
  }
  return pass;
}

json Write(const Loop& loop) {
  return {{"name", loop.name}, {"count", loop.count}, {"index", loop.index}, {"swap", loop.swap}};
}
Loop ReadLoop(const json& value, const std::string& place) {
  const JsonObject object(value, place, {"name", "count", "index", "swap"});
  Loop loop{object.Name("name"), object.Formula("count"), object.Text("index"), {}};
  object.Each("swap", kFew, [&](const json& pair, const std::string& at) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      throw Error(at + ": not a pair of buffer names");
    }
    loop.swap.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
  });
  return loop;
}

json Write(const Pattern& pattern);

template <typename Item>
json WriteAll(const std::vector<Item>& items) {
  return List(items, [](const Item& item) { return Write(item); });
}

template <typename Read>
auto ReadAll(const JsonObject& object, std::string_view key, std::size_t limit, Read read) {
  std::vector<decltype(read(json(), std::string()))> items;
  object.Each(key, limit, [&](const json& value, const std::string& place) { items.push_back(read(value, place)); });
  return items;
}

json Write(const Pattern& pattern) {
  return {{"name", pattern.name},
          {"summary", pattern.summary},
          {"parameters", WriteAll(pattern.parameters)},
          {"where", WriteAll(pattern.where)},
          {"requires", Write(pattern.requires_)},
          {"workspaces", WriteAll(pattern.workspaces)},
          {"loops", WriteAll(pattern.loops)},
          {"passes", WriteAll(pattern.passes)},
          {"default_point", Write(pattern.default_point)},
          {"optimize", pattern.optimize}};
}

// Loops and buffers that a pass or a loop names must exist: the runtime indexes by them.
void CheckNames(const Pattern& pattern, const Kernel& kernel, const std::string& place) {
  const auto has = [](const auto& items, const std::string& name) {
    for (const auto& item : items) {
      if (item.name == name) return true;
    }
    return false;
  };
  for (const Pass& pass : pattern.passes) {
    if (!pass.loop.empty() && !has(pattern.loops, pass.loop)) throw Error(place + ": no loop '" + pass.loop + "'");
    if (pass.groups.empty()) throw Error(place + ": a pass without groups");
  }
  for (const Loop& loop : pattern.loops) {
    for (const auto& [first, second] : loop.swap) {
      for (const std::string& name : {first, second}) {
        if (!has(kernel.buffers, name) && !has(pattern.workspaces, name)) throw Error(place + ": no buffer '" + name + "'");
      }
    }
  }
}

Pattern ReadPattern(const json& value, const std::string& place) {
  const JsonObject object(
      value, place,
      {"name", "summary", "parameters", "where", "requires", "workspaces", "loops", "passes", "default_point", "optimize"});
  Pattern pattern;
  pattern.name = object.Name("name");
  pattern.summary = object.Text("summary");
  pattern.parameters = ReadAll(object, "parameters", kFew, ReadParameter);
  pattern.where = ReadConstraints(object, "where");
  pattern.requires_ = ReadRequires(object.At("requires"), object.Place("requires"));
  pattern.workspaces = ReadAll(object, "workspaces", kFew, ReadBuffer);
  pattern.loops = ReadAll(object, "loops", kFew, ReadLoop);
  pattern.passes = ReadAll(object, "passes", kFew, ReadPass);
  pattern.default_point = object.Point("default_point");
  pattern.optimize = object.Texts("optimize");
  return pattern;
}

void CheckBufferTypes(const std::vector<Buffer>& buffers, const Kernel& kernel) {
  for (const Buffer& buffer : buffers) {
    bool known = ScalarBytes(buffer.type) != 0;
    for (const TypeChoice& choice : kernel.types) known = known || choice.name == buffer.type;
    if (!known) throw Error("kernel '" + kernel.name + "': buffer '" + buffer.name + "' has no known type");
  }
}

}  // namespace

std::string KernelToJson(const Kernel& kernel) {
  json tolerances = json::object();
  for (const auto& [name, tolerance] : kernel.tolerances) tolerances[name] = Write(tolerance);
  return DumpJson({{"name", kernel.name},
                   {"summary", kernel.summary},
                   {"source", kernel.source},
                   {"integers", WriteAll(kernel.integers)},
                   {"types", WriteAll(kernel.types)},
                   {"buffers", WriteAll(kernel.buffers)},
                   {"push_constants", WriteAll(kernel.push_constants)},
                   {"problems", WriteAll(kernel.problems)},
                   {"check_problems", WriteAll(kernel.check_problems)},
                   {"where", WriteAll(kernel.where)},
                   {"patterns", WriteAll(kernel.patterns)},
                   {"reference_cpp", kernel.reference_cpp},
                   {"reference_pass", Write(kernel.reference_pass)},
                   {"reference_requires", Write(kernel.reference_requires)},
                   {"tolerances", tolerances},
                   {"bytes", kernel.bytes},
                   {"flops", kernel.flops},
                   {"optimize", kernel.optimize},
                   {"source_hash", kernel.source_hash.ToHex()}});
}

Kernel KernelFromJson(std::string_view text) {
  const json value = ParseJson(text, "a kernel");
  const JsonObject object(value, "kernel",
                          {"name", "summary", "source", "integers", "types", "buffers", "push_constants", "problems",
                           "check_problems", "where", "patterns", "reference_cpp", "reference_pass", "reference_requires",
                           "tolerances", "bytes", "flops", "optimize", "source_hash"});
  Kernel kernel;
  kernel.name = object.Name("name");
  kernel.summary = object.Text("summary");
  kernel.source = object.Text("source");
  kernel.integers = ReadAll(object, "integers", kFew, ReadInteger);
  kernel.types = ReadAll(object, "types", kFew, ReadType);
  kernel.buffers = ReadAll(object, "buffers", kFew, ReadBuffer);
  kernel.push_constants = ReadAll(object, "push_constants", kFew, ReadPush);
  kernel.problems = ReadProblems(object, "problems");
  kernel.check_problems = ReadProblems(object, "check_problems");
  kernel.where = ReadConstraints(object, "where");
  kernel.patterns = ReadAll(object, "patterns", kFew, ReadPattern);
  kernel.reference_cpp = object.Text("reference_cpp");
  kernel.reference_pass = ReadPass(object.At("reference_pass"), object.Place("reference_pass"));
  kernel.reference_requires = ReadRequires(object.At("reference_requires"), object.Place("reference_requires"));
  const json& tolerances = object.At("tolerances");
  if (!tolerances.is_object()) object.Bad("tolerances", "not an object");
  for (const auto& [name, tolerance] : tolerances.items()) {
    kernel.tolerances[name] = ReadTolerance(tolerance, object.Place("tolerances"));
  }
  kernel.bytes = object.Formula("bytes");
  kernel.flops = object.Formula("flops");
  kernel.optimize = object.Texts("optimize");
  kernel.source_hash = Hash::FromHex(object.Text("source_hash"));
  CheckBufferTypes(kernel.buffers, kernel);
  for (const Pattern& pattern : kernel.patterns) {
    CheckBufferTypes(pattern.workspaces, kernel);
    CheckNames(pattern, kernel, "kernel '" + kernel.name + "', pattern '" + pattern.name + "'");
  }
  return kernel;
}

}  // namespace hone
