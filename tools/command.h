// A subcommand of hone: its row in the table, and what a command line gave it.
//
// A Command declares its options once; parsing, --help and shell completion all read that declaration. To add one:
// write tools/<name>_command.cpp with a function that returns its Command, and add that function's line to
// commands.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

// Wrong use of the command line: printed with the way to the help, exit status 2. (Everything else is hone::Error,
// status 1.)
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One option. What its value may be follows from the placeholder, and is checked before the subcommand runs:
//   ""       a flag                      "N"     a whole number >= 0
//   "S"      a number >= 0               "a|b"   one of these words
//   "PERCENT"  likewise, "2" or "2%"
//   "FILE"   a file (FILE.db: that ending completes)     "DIR"  a folder     any other: text
struct Option {
  std::string name;       // "db"; with a short form "output,o"
  std::string value;      // placeholder
  std::string help;       // one line, no full stop
  std::string fallback;   // shown and used when the option is not given; "": none
  bool repeated = false;  // may be given several times

  std::string LongName() const { return name.substr(0, name.find(',')); }
  char ShortName() const { return name.find(',') == std::string::npos ? '\0' : name.back(); }
  std::vector<std::string> Choices() const;  // "a|b" -> {"a", "b"}; empty for other placeholders
};

// Arguments without a name, in order. Placeholders as for options.
struct Positional {
  std::string name;
  std::size_t min = 1;
  std::size_t max = 1;  // kMany: no bound; only the last positional may have it
};
inline constexpr std::size_t kMany = 1000000;

// The values of one command line.
class Arguments {
 public:
  bool Has(std::string_view option) const;  // given, or has a fallback
  bool Flag(std::string_view option) const { return Has(option); }
  std::string Text(std::string_view option) const;  // the last one given; "" when there is none
  std::uint64_t Integer(std::string_view option, std::uint64_t otherwise = 0) const;
  int Int(std::string_view option, int otherwise = 0) const;  // Errors: UsageError when it is over 2^31 - 1
  double Number(std::string_view option, double otherwise = 0) const;
  const std::vector<std::string>& All(std::string_view name) const;  // every value of an option or positional, in order

  const std::string& line() const { return line_; }  // the whole command line, for a run's record

  void Add(const std::string& name, std::string value) { values_[name].push_back(std::move(value)); }
  void SetLine(std::string line) { line_ = std::move(line); }

 private:
  std::string line_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Command {
  std::string name;
  std::string summary;  // one line, no full stop
  std::string example;  // one or more command lines
  std::vector<Positional> positionals;
  std::vector<Option> options;
  int (*run)(const Arguments&) = nullptr;  // the exit status
  bool hidden = false;                     // neither in the help nor in completion
};

// The table. (commands.cpp)
const std::vector<Command>& Commands();

// Options that mean the same wherever they stand.
Option JsonOption();
Option DeviceOption();
Option ProblemOption();

}  // namespace hone
