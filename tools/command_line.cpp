#include "tools/command_line.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "db/error.h"
#include "tools/terminal.h"

namespace po = boost::program_options;

namespace hone {
namespace {

constexpr const char* kRest = " rest";  // holds the arguments without a name; the blank keeps it out of reach

po::options_description Describe(const Command& command) {
  po::options_description description;
  for (const Option& option : command.options) {
    if (option.value.empty()) {
      description.add_options()(option.name.c_str(), option.help.c_str());
    } else {
      description.add_options()(option.name.c_str(), po::value<std::vector<std::string>>(), option.help.c_str());
    }
  }
  description.add_options()("help,h", "");
  description.add_options()(kRest, po::value<std::vector<std::string>>());
  return description;
}

std::vector<std::string> OptionNames(const Command& command) {
  std::vector<std::string> names = {"--help"};
  for (const Option& option : command.options) names.push_back("--" + option.LongName());
  return names;
}

// Boost's complaint as ours.
[[noreturn]] void Refuse(const Command& command, const po::error& error) {
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    const std::string name = unknown->get_option_name();
    throw UsageError("unknown option '" + name + "'" + DidYouMean(name, OptionNames(command)));
  }
  if (const auto* syntax = dynamic_cast<const po::invalid_command_line_syntax*>(&error)) {
    const std::string name = syntax->get_option_name();
    const bool extra = syntax->kind() == po::invalid_command_line_syntax::extra_parameter;
    throw UsageError("option '" + name + (extra ? "' takes no value" : "' needs a value"));
  }
  throw UsageError(error.what());
}

template <typename Number>
bool IsNumber(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= Number{} && std::isfinite(double(number));
}

// What a placeholder asks of a value; `place`: "option '--evals': " or "".
void CheckValue(const std::string& place, const Option& option, const std::string& value) {
  const std::string wrong = place + "'" + value + "' is not ";
  if (option.value == "N" && !IsNumber<std::uint64_t>(value)) throw UsageError(wrong + "a whole number");
  if (option.value == "S" && !IsNumber<double>(value)) throw UsageError(wrong + "a number >= 0");
  if (option.value == "PERCENT" && !IsNumber<double>(value.substr(0, value.size() - value.ends_with('%'))))
    throw UsageError(wrong + "a percentage such as 2%");
  const std::vector<std::string> choices = option.Choices();
  if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  throw UsageError(wrong + "one of " + option.value + DidYouMean(value, choices));
}

void TakeOptions(const Command& command, const po::variables_map& given, Arguments& arguments) {
  for (const Option& option : command.options) {
    const std::string name = option.LongName();
    const bool present = given.count(name) != 0;
    if (option.value.empty()) {
      if (present) arguments.Add(name, "");
      continue;
    }
    std::vector<std::string> values;
    if (present) values = given[name].as<std::vector<std::string>>();
    if (values.size() > 1 && !option.repeated) throw UsageError("option '--" + name + "' is given twice");
    if (values.empty() && !option.fallback.empty()) values.push_back(option.fallback);
    for (const std::string& value : values) {
      CheckValue("option '--" + name + "': ", option, value);
      arguments.Add(name, value);
    }
  }
}

void TakePositionals(const Command& command, const std::vector<std::string>& rest, Arguments& arguments) {
  std::size_t next = 0;
  for (const Positional& positional : command.positionals) {
    const std::size_t start = next;
    while (next < rest.size() && next - start < positional.max) {
      CheckValue("", {"", positional.name, ""}, rest[next]);
      arguments.Add(positional.name, rest[next++]);
    }
    if (next - start < positional.min) throw UsageError(positional.name + " is missing");
  }
  if (next < rest.size()) throw UsageError("'" + rest[next] + "' is one argument too many");
}

const Command& FindCommand(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : Commands()) {
    if (command.name == name) return command;
    if (!command.hidden) names.push_back(command.name);
  }
  const char* kind = name.starts_with("-") ? "option" : "subcommand";
  throw UsageError(std::string("unknown ") + kind + " '" + name + "'" + DidYouMean(name, names));
}

bool AsksForHelp(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return false;
    if (argument == "--help" || argument == "-h") return true;
  }
  return false;
}

int Complain(const std::string& text, int status) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s %s\n", Paint("hone:", Colour::kRed, stderr).c_str(), text.c_str());
  return status;
}

// What was printed must have arrived: a full disk behind a pipe or file is an error too.
int FinishOutput(int status) {
  errno = 0;
  const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (!failed) return status;
  return Complain(std::string("standard output: ") + (errno != 0 ? std::strerror(errno) : "not all of it could be written"),
                  status != 0 ? status : 1);
}

int RunCommand(const Command& command, const std::vector<std::string>& arguments) {
  if (AsksForHelp(arguments)) {
    std::fputs(HelpText(command).c_str(), stdout);
    return 0;
  }
  return command.run(ParseArguments(command, arguments));
}

int Dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty()) throw UsageError("no subcommand given");
  const std::string& first = arguments.front();
  if (first == "--version") {
    std::puts("hone " HONE_VERSION);
    return 0;
  }
  if (first == "--help" || first == "-h" || (first == "help" && arguments.size() == 1)) {
    std::fputs(HelpText().c_str(), stdout);
    return 0;
  }
  if (first == "help") {
    std::fputs(HelpText(FindCommand(arguments[1])).c_str(), stdout);
    return 0;
  }
  return RunCommand(FindCommand(first), {arguments.begin() + 1, arguments.end()});
}

// The name of the subcommand that these arguments reach, for messages; "" when none.
std::string ReachedCommand(const std::vector<std::string>& arguments) {
  for (const Command& command : Commands()) {
    if (!arguments.empty() && command.name == arguments.front()) return command.name;
  }
  return "";
}

}  // namespace

Arguments ParseArguments(const Command& command, const std::vector<std::string>& arguments) {
  namespace style = po::command_line_style;
  const po::options_description description = Describe(command);
  po::positional_options_description rest;
  rest.add(kRest, -1);
  po::variables_map given;
  try {
    po::store(po::command_line_parser(arguments)
                  .options(description)
                  .positional(rest)
                  .style(style::unix_style & ~style::allow_guessing)
                  .run(),
              given);
  } catch (const po::error& error) {
    Refuse(command, error);
  }
  Arguments result;
  std::string line = "hone " + command.name;
  for (const std::string& argument : arguments) line += " " + argument;
  result.SetLine(std::move(line));
  TakeOptions(command, given, result);
  TakePositionals(command, given.count(kRest) ? given[kRest].as<std::vector<std::string>>() : std::vector<std::string>(),
                  result);
  return result;
}

int RunCommandLine(const std::vector<std::string>& arguments) {
  try {
    return FinishOutput(Dispatch(arguments));
  } catch (const UsageError& error) {
    const std::string name = ReachedCommand(arguments);
    const std::string place = name.empty() ? "" : name + ": ";
    const std::string help = name.empty() ? "hone --help" : "hone " + name + " --help";
    return Complain(place + error.what() + "\nTry '" + help + "'.", 2);
  } catch (const Error& error) {
    return Complain(error.what(), 1);
  } catch (const std::bad_alloc&) {
    return Complain("out of memory", 1);
  } catch (const std::exception& error) {
    return Complain(std::string("internal error: ") + error.what(), 1);
  }
}

}  // namespace hone
