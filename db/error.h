// The one exception of hone: something that a person must fix.
//
// what() reads "place: fact (next step)", one line, ready to print after "hone: ". A bad *variant* is never an Error:
// it is an Outcome (db/outcome.h), stored and searched around. See DESIGN: "Errors".
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A place in a text file. line and column start at 1; 0 means unknown and is left out.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
  std::string ToText() const;  // "kernels/saxpy/kernel.toml:9:3"
};

// Throws Error("LOCATION: error: FACT").
[[noreturn]] void Fail(const Location& where, std::string_view fact);

// The known name nearest to `name` by edit distance, or "" when none is near enough to be worth suggesting.
std::string Nearest(std::string_view name, const std::vector<std::string>& known);

// " (did you mean 'NEAREST'?)" or "".
std::string DidYouMean(std::string_view name, const std::vector<std::string>& known);

}  // namespace hone
