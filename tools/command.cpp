#include "tools/command.h"

#include <charconv>
#include <cstdlib>
#include <limits>

namespace hone {

std::vector<std::string> Option::Choices() const {
  std::vector<std::string> words;
  if (value.find('|') == std::string::npos) return words;
  for (std::size_t start = 0; start <= value.size();) {
    const std::size_t end = std::min(value.find('|', start), value.size());
    words.push_back(value.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

bool Arguments::Has(std::string_view option) const { return values_.find(option) != values_.end(); }

const std::vector<std::string>& Arguments::All(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

std::string Arguments::Text(std::string_view option) const {
  const auto& all = All(option);
  return all.empty() ? std::string() : all.back();
}

std::uint64_t Arguments::Integer(std::string_view option, std::uint64_t otherwise) const {
  const std::string text = Text(option);
  std::from_chars(text.data(), text.data() + text.size(), otherwise);  // checked while parsing
  return otherwise;
}

int Arguments::Int(std::string_view option, int otherwise) const {
  const std::uint64_t number = Integer(option, static_cast<std::uint64_t>(otherwise));
  if (number <= std::numeric_limits<int>::max()) return static_cast<int>(number);
  throw UsageError("option '--" + std::string(option) + "': '" + Text(option) + "' is too large");
}

double Arguments::Number(std::string_view option, double otherwise) const {
  return Has(option) ? std::strtod(Text(option).c_str(), nullptr) : otherwise;
}

Option JsonOption() { return {"json", "", "print JSON instead of text"}; }

Option DeviceOption() { return {"device", "NAME", "the device: its number in 'hone devices', or part of its name"}; }

Option ProblemOption() { return {"problem", "NAME=VALUE,…", "a problem size, such as n=4096 or m=64,n=64,k=8", "", true}; }

}  // namespace hone
