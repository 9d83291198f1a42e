// The text of --help, from the table of subcommands.
#include <algorithm>

#include "tools/command_line.h"
#include "tools/format.h"

namespace hone {
namespace {

std::string PositionalText(const Positional& positional) {
  std::string text = positional.name;
  if (positional.max == kMany) text += "...";
  return positional.min == 0 ? "[" + text + "]" : text;
}

std::string OptionText(const Option& option) {
  std::string text = option.ShortName() != '\0' ? std::string("-") + option.ShortName() + ", " : "    ";
  text += "--" + option.LongName();
  if (!option.value.empty()) text += " " + option.value;
  return text;
}

// "  LEFT      right", or on two lines where left is long.
std::string Entry(const std::string& left, const std::string& right, std::size_t column) {
  std::string text = "  " + left;
  if (DisplayWidth(text) + 2 > column) {
    text += "\n" + std::string(column, ' ');
  } else {
    text += std::string(column - DisplayWidth(text), ' ');
  }
  return text + right + "\n";
}

}  // namespace

std::string UsageLine(const Command& command) {
  std::string text = "hone " + command.name;
  for (const Positional& positional : command.positionals) text += " " + PositionalText(positional);
  return text + " [options]";
}

std::string HelpText() {
  std::string text =
      "Usage: hone SUBCOMMAND [options]\n\n"
      "Compiles GLSL kernel templates, measures their variants on this machine's Vulkan devices,\n"
      "and keeps the results in a database that programs load the fastest correct variant from.\n\n"
      "Subcommands:\n";
  for (const Command& command : Commands()) {
    if (!command.hidden) text += Entry(command.name, command.summary, 14);
  }
  return text +
         "\n'hone SUBCOMMAND --help' says more, with an example. 'hone --version' names the version.\n"
         "Colours: only on a terminal, and not when NO_COLOR is set. Exit status: 0 done, 1 an error, 2 wrong usage,\n"
         "130 interrupted (Ctrl-C, SIGTERM, a closed terminal): what was measured is kept.\n";
}

std::string HelpText(const Command& command) {
  std::string text = "Usage: " + UsageLine(command) + "\n\n" + command.summary + ".\n\nOptions:\n";
  for (const Option& option : command.options) {
    std::string help = option.help;
    if (option.repeated) help += " (may be repeated)";
    if (!option.fallback.empty()) help += " (default: " + option.fallback + ")";
    text += Entry(OptionText(option), help, 30);
  }
  text += Entry("-h, --help", "print this", 30);
  text += "\nExample:\n";
  for (std::size_t start = 0; start < command.example.size();) {
    const std::size_t end = std::min(command.example.find('\n', start), command.example.size());
    text += "  " + command.example.substr(start, end - start) + "\n";
    start = end + 1;
  }
  return text;
}

}  // namespace hone
