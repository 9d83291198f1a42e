// The tokens of a formula, without evaluating it: what may stand in one at all, and the names in it.
//
// A stored formula may come from a hostile database: scanning bounds its length and nesting before muParser sees it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hone {

struct ScannedName {
  std::string text;
  int column = 1;
  bool is_function = false;  // followed by '('
};

// Errors: FormulaError for text that is empty, over 4096 bytes or nested over 64 deep, for a character that has no
// place in a formula, for '=' alone, and for an unknown function (with a suggestion).
std::vector<ScannedName> ScanFormula(std::string_view text);

}  // namespace hone
