// hone completion: shell scripts made from the table of subcommands.
#include <cstdio>
#include <string>

#include "tools/command_list.h"

namespace hone {
namespace {

// What a placeholder completes to.
enum class Kind { kNothing, kFiles, kDatabases, kFolders, kWords };

Kind KindOf(const std::string& placeholder) {
  if (placeholder.find('|') != std::string::npos) return Kind::kWords;
  if (placeholder.ends_with("DIR")) return Kind::kFolders;
  if (placeholder.ends_with(".db")) return Kind::kDatabases;
  if (placeholder.starts_with("FILE") || placeholder.find('.') != std::string::npos) return Kind::kFiles;
  return Kind::kNothing;
}

std::string WordsOf(const std::string& placeholder) {
  std::string words;
  for (const std::string& word : Option{"", placeholder, ""}.Choices()) words += (words.empty() ? "" : " ") + word;
  return words;
}

// What arguments without a name complete to: the first that completes to anything.
std::string PlaceholderOf(const std::vector<Positional>& positionals) {
  for (const Positional& positional : positionals) {
    if (KindOf(positional.name) != Kind::kNothing) return positional.name;
  }
  return "";
}

// `text` between single quotes, for sh, zsh and fish alike.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

void ForEachCommand(void (*visit)(const Command&, std::string&), std::string& text) {
  for (const Command& command : Commands()) {
    if (!command.hidden) visit(command, text);
  }
}

std::string NamesOfCommands() {
  std::string names;
  ForEachCommand([](const Command& command, std::string& text) { text += (text.empty() ? "" : " ") + command.name; }, names);
  return names;
}

// --- bash ---

// Files one a line: their names may have blanks.
std::string BashOffer(const std::string& compgen) { return "mapfile -t COMPREPLY < <(" + compgen + ")"; }

std::string BashWords(const std::string& words) { return BashOffer("compgen -W " + Quoted(words) + " -- \"$word\""); }

std::string BashReply(const std::string& placeholder) {
  switch (KindOf(placeholder)) {
    case Kind::kWords: return BashWords(WordsOf(placeholder));
    case Kind::kFolders: return "compopt -o filenames; " + BashOffer("compgen -d -- \"$word\"");
    case Kind::kDatabases:
      return "compopt -o filenames; " + BashOffer("compgen -d -- \"$word\"; compgen -f -X '!*.db' -- \"$word\"");
    case Kind::kFiles: return "compopt -o filenames; " + BashOffer("compgen -f -- \"$word\"");
    case Kind::kNothing: return ":";
  }
  return ":";
}

void BashValues(const Command& command, std::string& text) {
  for (const Option& option : command.options) {
    if (option.value.empty()) continue;
    std::string names = "\"" + command.name + " --" + option.LongName() + "\"";
    if (option.ShortName() != '\0') names += "|\"" + command.name + " -" + option.ShortName() + "\"";
    text += "    " + names + ") " + BashReply(option.value) + "; return ;;\n";
  }
}

void BashRest(const Command& command, std::string& text) {
  std::string names = "--help";
  for (const Option& option : command.options) names += " --" + option.LongName();
  text += "    " + command.name + ")\n      if [[ $word == -* ]]; then " + BashWords(names) + "\n      else " +
          BashReply(PlaceholderOf(command.positionals)) + "\n      fi ;;\n";
}

std::string Bash() {
  const std::string names = NamesOfCommands();
  std::string text =
      "# bash completion for hone: source <(hone completion bash)\n"
      "_hone() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
      "  COMPREPLY=()\n"
      "  if [[ $word == = ]]; then word=; elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
      "  if ((COMP_CWORD == 1)); then " +
      BashWords(names + " help --help --version") +
      "; return; fi\n"
      "  case \"$command $previous\" in\n";
  ForEachCommand(BashValues, text);
  text += "  esac\n  case $command in\n";
  ForEachCommand(BashRest, text);
  return text + "    help) " + BashWords(names) + " ;;\n  esac\n}\ncomplete -F _hone hone\n";
}

// --- zsh ---

std::string ZshAction(const std::string& placeholder) {
  switch (KindOf(placeholder)) {
    case Kind::kWords: return "(" + WordsOf(placeholder) + ")";
    case Kind::kFolders: return "_files -/";
    case Kind::kDatabases: return "_files -g \"*.db\"";
    case Kind::kFiles: return "_files";
    case Kind::kNothing: return " ";
  }
  return " ";
}

// Brackets and colons separate the parts of an _arguments specification.
std::string ZshEscaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += (c == '[' || c == ']' || c == ':' ? "\\" : "") + std::string(1, c);
  return escaped;
}

void ZshCase(const Command& command, std::string& text) {
  text += "    " + command.name + ") _arguments";
  for (const Option& option : command.options) {
    std::string spec = "[" + ZshEscaped(option.help) + "]";
    if (!option.value.empty()) spec += ":" + ZshEscaped(option.value) + ":" + ZshAction(option.value);
    const std::string star = option.repeated ? "*" : "";
    text += " \\\n        " + Quoted(star + "--" + option.LongName() + (option.value.empty() ? "" : "=") + spec);
    if (option.ShortName() != '\0') text += " " + Quoted(star + "-" + option.ShortName() + spec);
  }
  text += " \\\n        '--help[print help]'";
  for (const Positional& positional : command.positionals) {
    text += " \\\n        " +
            Quoted((positional.max == kMany ? "*:" : ":") + ZshEscaped(positional.name) + ":" + ZshAction(positional.name));
  }
  text += " ;;\n";
}

std::string Zsh() {
  std::string text =
      "#compdef hone\n# zsh completion for hone: source <(hone completion zsh)\n"
      "_hone() {\n  local -a subcommands=(\n";
  ForEachCommand([](const Command& command,
                    std::string& out) { out += "    " + Quoted(command.name + ":" + ZshEscaped(command.summary)) + "\n"; },
                 text);
  text +=
      "    'help:Prints the help of a subcommand'\n"
      "  )\n  if (( CURRENT == 2 )); then _describe subcommand subcommands; return; fi\n"
      "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n";
  ForEachCommand(ZshCase, text);
  // A file in $fpath is read when _hone is first called, sourced text before that.
  return text + "    help) _arguments ':subcommand:(" + NamesOfCommands() +
         ")' ;;\n  esac\n}\nif [[ $funcstack[1] == _hone ]]; then _hone \"$@\"; else compdef _hone hone; fi\n";
}

// --- fish ---

std::string FishAction(const std::string& placeholder) {
  switch (KindOf(placeholder)) {
    case Kind::kWords: return " -x -a " + Quoted(WordsOf(placeholder));
    case Kind::kFolders: return " -x -a '(__fish_complete_directories)'";
    case Kind::kDatabases: return " -x -a '(__fish_complete_suffix .db)'";
    case Kind::kFiles: return " -r -F";
    case Kind::kNothing: return " -x";
  }
  return "";
}

void FishLines(const Command& command, std::string& text) {
  const std::string here = "complete -c hone -n '__fish_seen_subcommand_from " + command.name + "'";
  text += "complete -c hone -n __fish_use_subcommand -f -a " + command.name + " -d " + Quoted(command.summary) + "\n";
  for (const Option& option : command.options) {
    text += here + " -l " + option.LongName();
    if (option.ShortName() != '\0') text += std::string(" -s ") + option.ShortName();
    if (!option.value.empty()) text += FishAction(option.value);
    text += " -d " + Quoted(option.help) + "\n";
  }
  const std::string placeholder = PlaceholderOf(command.positionals);
  const Kind kind = KindOf(placeholder);
  if (kind != Kind::kFiles) text += here + " -f" + (kind == Kind::kNothing ? "" : FishAction(placeholder).substr(3)) + "\n";
}

std::string Fish() {
  std::string text =
      "# fish completion for hone: hone completion fish | source\n"
      "complete -c hone -l help -s h -d 'print help'\n"
      "complete -c hone -n __fish_use_subcommand -l version -d 'print the version'\n"
      "complete -c hone -n __fish_use_subcommand -f -a help -d 'Prints the help of a subcommand'\n"
      "complete -c hone -n '__fish_seen_subcommand_from help' -f -a " +
      Quoted(NamesOfCommands()) + "\n";
  ForEachCommand(FishLines, text);
  return text;
}

int RunCompletion(const Arguments& arguments) {
  const std::string shell = arguments.Text("bash|zsh|fish");
  const std::string script = shell == "bash" ? Bash() : shell == "zsh" ? Zsh() : Fish();
  std::fputs(script.c_str(), stdout);
  return 0;
}

}  // namespace

Command CompletionCommand() {
  return {.name = "completion",
          .summary = "Prints the completion script of a shell",
          .example = "source <(hone completion bash)\nhone completion zsh > ~/.zfunc/_hone\nhone completion fish | source",
          .positionals = {{"bash|zsh|fish"}},
          .run = RunCompletion};
}

}  // namespace hone
