#include "db/formula_scan.h"

#include <algorithm>

#include "db/formula.h"

namespace hone {
namespace {

constexpr std::size_t kGreatestLength = 4096;
constexpr int kDeepestNesting = 64;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<ScannedName> Scan() {
    if (text_.size() > kGreatestLength) throw FormulaError(1, "a formula is at most 4096 bytes long");
    if (text_.find_first_not_of(" \t") == std::string_view::npos) throw FormulaError(1, "empty formula");
    while (at_ < text_.size()) Token();
    if (depth_ > 0) throw FormulaError(static_cast<int>(text_.size()) + 1, "missing ')'");
    return std::move(names_);
  }

 private:
  char Peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  int column() const { return static_cast<int>(at_) + 1; }

  void Token() {
    const char c = Peek();
    if (IsNameStart(c)) return Name();
    if (IsDigit(c) || c == '.') return Number();
    if (c == '(' && ++depth_ > kDeepestNesting) throw FormulaError(column(), "parentheses nested too deep");
    if (c == ')' && --depth_ < 0) throw FormulaError(column(), "')' without '('");
    if (c == '?' && ++choices_ > kDeepestNesting) throw FormulaError(column(), "too many '?'");
    if (c == '=' || c == '!' || c == '<' || c == '>') return Comparison();
    if (c == '&' || c == '|') {
      if (Peek(1) != c) throw FormulaError(column(), std::string("'") + c + "' alone; use '" + c + c + "'");
      at_ += 2;
      return;
    }
    if (std::string_view(" \t()+-*/%^?:,").find(c) == std::string_view::npos) {
      throw FormulaError(column(), std::string("'") + c + "' has no place in a formula");
    }
    ++at_;
  }

  void Comparison() {
    if (Peek(1) == '=') {
      at_ += 2;
      return;
    }
    if (Peek() == '=') throw FormulaError(column(), "'=' does not compare; use '=='");
    ++at_;
  }

  void Name() {
    const std::size_t start = at_;
    while (IsNameStart(Peek()) || IsDigit(Peek())) ++at_;
    ScannedName name{std::string(text_.substr(start, at_ - start)), static_cast<int>(start) + 1, false};
    std::size_t next = at_;
    while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t')) ++next;
    name.is_function = next < text_.size() && text_[next] == '(';
    const auto& functions = FormulaFunctions();
    if (name.is_function && std::find(functions.begin(), functions.end(), name.text) == functions.end()) {
      throw FormulaError(name.column, "unknown function '" + name.text + "'" + DidYouMean(name.text, functions));
    }
    if (!name.is_function && std::find(functions.begin(), functions.end(), name.text) != functions.end()) {
      throw FormulaError(name.column, "'" + name.text + "' is a function; write '" + name.text + "(…)'");
    }
    names_.push_back(std::move(name));
  }

  void Number() {
    while (IsDigit(Peek()) || Peek() == '.') ++at_;
    if (Peek() != 'e' && Peek() != 'E') return;
    ++at_;
    if (Peek() == '+' || Peek() == '-') ++at_;
    while (IsDigit(Peek())) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0, choices_ = 0;
  std::vector<ScannedName> names_;
};

}  // namespace

std::vector<ScannedName> ScanFormula(std::string_view text) { return Scanner(text).Scan(); }

const std::vector<std::string>& FormulaFunctions() {
  static const std::vector<std::string> functions{"abs",  "ceil", "ceil_div", "floor", "is_pow2",
                                                  "log2", "max",  "min",      "mod",   "round_up"};
  return functions;
}

}  // namespace hone
