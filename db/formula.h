// Formulas of manifests and databases: grid sizes, buffer lengths, constraints, bytes and flops.
//
// muParser expressions over doubles (integers are exact up to 2^53) with: ceil_div(a,b), round_up(a,b), min, max, abs,
// floor, ceil, log2, mod(a,b) (also the operator %), is_pow2(a), select through `a ? b : c`, comparisons, && || and
// unary !. Names are problem integers, parameters, T_BYTES for an element type choice T, and device limits
// (db/device.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/error.h"
#include "db/values.h"

namespace hone {

// What is wrong with a formula's text. column: 1-based inside the text.
class FormulaError : public Error {
 public:
  FormulaError(int at, const std::string& fact) : Error(fact), column(at) {}
  int column;
};

// Gives the number behind a name; nullopt when the name has none.
using Lookup = std::function<std::optional<double>(std::string_view)>;

// A parsed formula. Copyable (a copy is independent). One object must not be evaluated by two threads at once: copy it.
class Formula {
 public:
  // Errors: FormulaError for bad syntax, for text over 4096 bytes, and for a name not in `known` (with a suggestion).
  static Formula Parse(std::string_view text, const std::vector<std::string>& known);
  static Formula Parse(std::string_view text);  // any name is known

  Formula();  // "0"
  Formula(const Formula&);
  Formula(Formula&&) noexcept;
  Formula& operator=(Formula);
  ~Formula();

  const std::string& text() const;
  const std::vector<std::string>& names() const;  // the names used, sorted, each once

  // values: one per names(), same order. May return inf or nan (division by zero); callers that need an integer use the
  // next.
  double Evaluate(std::span<const double> values) const;
  // Errors: Error when a name has no value, or the result is not a finite number.
  double Evaluate(const Lookup& lookup) const;
  // As above, and Errors when the result is not an integer in [0, 2^53].
  std::int64_t EvaluateCount(const Lookup& lookup) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The names and functions above, for messages and suggestions.
const std::vector<std::string>& FormulaFunctions();

// Looks in each set of values in turn: integers by their value; a word W under name N answers for "N_BYTES" with the
// size of that GLSL scalar type. Later sets are asked first.
Lookup LookupIn(std::vector<Values> sets, Lookup otherwise = {});

}  // namespace hone
