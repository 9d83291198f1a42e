#include "db/formula.h"

#include <muParser.h>

#include <algorithm>
#include <cmath>

#include "db/formula_scan.h"
#include "db/kernel.h"

namespace hone {
namespace {

// Exact for integers up to 2^53, where ceil(a / b) would round.
double CeilDiv(double a, double b) {
  if (b == 0) return HUGE_VAL;
  const double rest = std::fmod(a, b);
  return (a - rest) / b + (rest != 0 && (rest > 0) == (b > 0) ? 1 : 0);
}
double RoundUp(double a, double b) { return CeilDiv(a, b) * b; }
double Modulo(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;  // the sign of b, as GLSL's mod()
}
double IsPow2(double a) {
  int exponent = 0;
  return a >= 1 && std::frexp(a, &exponent) == 0.5 ? 1 : 0;
}
double Not(double a) { return a == 0 ? 1 : 0; }
double Abs(double a) { return std::fabs(a); }
double Floor(double a) { return std::floor(a); }
double Ceil(double a) { return std::ceil(a); }
double Log2(double a) { return std::log2(a); }
double Min(const double* values, int count) { return *std::min_element(values, values + count); }
double Max(const double* values, int count) { return *std::max_element(values, values + count); }

// A parser that knows our operators and functions and nothing else; made once, then copied.
const mu::Parser& Prototype() {
  static const mu::Parser prototype = [] {
    mu::Parser parser;
    parser.ClearFun();
    parser.ClearConst();
    parser.ClearInfixOprt();
    parser.ClearPostfixOprt();
    parser.DefineFun("ceil_div", CeilDiv);
    parser.DefineFun("round_up", RoundUp);
    parser.DefineFun("mod", Modulo);
    parser.DefineFun("is_pow2", IsPow2);
    parser.DefineFun("abs", Abs);
    parser.DefineFun("floor", Floor);
    parser.DefineFun("ceil", Ceil);
    parser.DefineFun("log2", Log2);
    parser.DefineFun("min", Min);
    parser.DefineFun("max", Max);
    parser.DefineOprt("%", Modulo, mu::prMUL_DIV, mu::oaLEFT);
    parser.DefineInfixOprt("!", Not);
    parser.DefineInfixOprt("-", [](double a) { return -a; });
    parser.DefineInfixOprt("+", [](double a) { return a; });
    return parser;
  }();
  return prototype;
}

constexpr double kGreatestCount = 9007199254740992.0;  // 2^53

}  // namespace

struct Formula::Impl {
  std::string text = "0";
  std::vector<std::string> names;
  std::vector<double> values;          // behind the parser's variables
  std::unique_ptr<mu::Parser> parser;  // none: the constant 0

  Impl() = default;
  Impl(const Impl& other) : text(other.text), names(other.names) {
    if (other.parser) Build();
  }

  void Build() {
    values.assign(names.size(), 1.0);
    parser = std::make_unique<mu::Parser>(Prototype());
    for (std::size_t i = 0; i < names.size(); ++i) parser->DefineVar(names[i], &values[i]);
    parser->SetExpr(text);
    parser->Eval();
  }
};

Formula Formula::Parse(std::string_view text, const std::vector<std::string>& known) {
  Formula formula = Parse(text);
  for (const ScannedName& name : ScanFormula(text)) {
    if (name.is_function || std::find(known.begin(), known.end(), name.text) != known.end()) continue;
    throw FormulaError(name.column, "unknown name '" + name.text + "'" + DidYouMean(name.text, known));
  }
  return formula;
}

Formula Formula::Parse(std::string_view text) {
  Formula formula;
  formula.impl_->text = text;
  for (const ScannedName& name : ScanFormula(text)) {
    if (!name.is_function) formula.impl_->names.push_back(name.text);
  }
  std::vector<std::string>& names = formula.impl_->names;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  try {
    formula.impl_->Build();
    if (formula.impl_->parser->GetNumResults() != 1) throw FormulaError(1, "',' outside a function's arguments");
  } catch (const mu::Parser::exception_type& failure) {
    const int column = std::clamp(static_cast<int>(failure.GetPos()) + 1, 1, static_cast<int>(text.size()) + 1);
    throw FormulaError(column, "bad formula '" + std::string(text) + "': " + failure.GetMsg());
  }
  return formula;
}

Formula::Formula() : impl_(std::make_unique<Impl>()) {}
Formula::Formula(const Formula& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
Formula::Formula(Formula&&) noexcept = default;
Formula& Formula::operator=(Formula other) {
  impl_.swap(other.impl_);
  return *this;
}
Formula::~Formula() = default;

const std::string& Formula::text() const { return impl_->text; }
const std::vector<std::string>& Formula::names() const { return impl_->names; }

double Formula::Evaluate(std::span<const double> values) const {
  if (values.size() != impl_->names.size()) {
    throw Error("formula '" + impl_->text + "' takes " + std::to_string(impl_->names.size()) + " values, not " +
                std::to_string(values.size()));
  }
  if (!impl_->parser) return 0;
  std::copy(values.begin(), values.end(), impl_->values.begin());
  try {
    return impl_->parser->Eval();
  } catch (const mu::Parser::exception_type& failure) {
    throw Error("formula '" + impl_->text + "': " + failure.GetMsg());
  }
}

double Formula::Evaluate(const Lookup& lookup) const {
  std::vector<double> values;
  values.reserve(impl_->names.size());
  for (const std::string& name : impl_->names) {
    const std::optional<double> value = lookup ? lookup(name) : std::nullopt;
    if (!value) throw Error("formula '" + impl_->text + "': no value for '" + name + "'");
    values.push_back(*value);
  }
  const double result = Evaluate(values);
  if (!std::isfinite(result)) throw Error("formula '" + impl_->text + "' is not finite here (a division by zero?)");
  return result;
}

std::int64_t Formula::EvaluateCount(const Lookup& lookup) const {
  const double result = Evaluate(lookup);
  if (result < 0 || result > kGreatestCount || result != std::floor(result)) {
    throw Error("formula '" + impl_->text + "' gives " + std::to_string(result) + ", not a count (an integer from 0 to 2^53)");
  }
  return static_cast<std::int64_t>(result);
}

Lookup LookupIn(std::vector<Values> sets, Lookup otherwise) {
  return [sets = std::move(sets), otherwise = std::move(otherwise)](std::string_view name) -> std::optional<double> {
    constexpr std::string_view suffix = "_BYTES";
    for (auto set = sets.rbegin(); set != sets.rend(); ++set) {
      if (const auto integer = set->Integer(name)) return static_cast<double>(*integer);
      if (!name.ends_with(suffix)) continue;
      const Value* word = set->Find(name.substr(0, name.size() - suffix.size()));
      if (!word || !std::holds_alternative<std::string>(*word)) continue;
      if (const std::size_t bytes = ScalarBytes(std::get<std::string>(*word))) return static_cast<double>(bytes);
    }
    return otherwise ? otherwise(name) : std::nullopt;
  };
}

}  // namespace hone
