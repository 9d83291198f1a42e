#include "tools/table.h"

#include <algorithm>
#include <cassert>

#include "tools/format.h"
#include "tools/terminal.h"

namespace hone {
namespace {

std::string Padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, DisplayWidth(text)), ' ');
  return right ? blanks + text : text + blanks;
}

// A database may hold anybody's text: it stays in its cell, and is no command to the terminal.
void MakePlain(std::string& text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
}

std::string Escaped(const std::string& cell) {  // for Markdown
  std::string text;
  for (const char c : cell) text += c == '|' ? "\\|" : std::string(1, c);
  return text;
}

// Bytes that are not UTF-8 (a driver's name, a message) become U+FFFD instead of an exception.
std::string Dump(const Json& json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

}  // namespace

Cell CountCell(std::uint64_t count) { return {std::to_string(count), count}; }

void Table::Add(std::vector<Cell> row) {
  assert(row.size() == columns_.size());
  for (Cell& cell : row) MakePlain(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::Widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = 0;
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[c].text));
    const bool shown = width > 0 && !columns_[c].heading.empty();
    widths.push_back(shown ? std::max(width, DisplayWidth(columns_[c].heading)) : 0);
  }
  return widths;
}

std::string Table::ToText() const {
  const std::vector<std::size_t> widths = Widths();
  const auto line = [&](auto&& cell) {
    std::string text;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (widths[c] != 0) text += (text.empty() ? "" : "  ") + Padded(cell(c), widths[c], columns_[c].right);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  std::string text = Paint(line([&](std::size_t c) { return columns_[c].heading; }), Colour::kBold) + "\n";
  for (const auto& row : rows_) text += line([&](std::size_t c) { return row[c].text; }) + "\n";
  return text;
}

std::string Table::ToMarkdown() const {
  const std::vector<std::size_t> widths = Widths();
  const auto line = [&](auto&& cell) {
    std::string text = "|";
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (widths[c] != 0) text += " " + Escaped(cell(c)) + " |";
    }
    return text + "\n";
  };
  std::string text = line([&](std::size_t c) { return columns_[c].heading; });
  text += line([&](std::size_t c) { return columns_[c].right ? "---:" : "---"; });
  for (const auto& row : rows_) text += line([&](std::size_t c) { return row[c].text; });
  return text;
}

Json Table::ToJson() const {
  Json array = Json::array();
  for (const auto& row : rows_) {
    Json object = Json::object();
    for (std::size_t c = 0; c < columns_.size(); ++c) object[columns_[c].key] = row[c].value;
    array.push_back(std::move(object));
  }
  return array;
}

void Table::Print(bool json) const {
  if (json) {
    PrintJson(ToJson());
  } else if (!rows_.empty()) {
    std::fputs(ToText().c_str(), stdout);
  }
}

void PrintJson(const Json& json) {
  if (!json.is_array()) {
    std::fprintf(stdout, "%s\n", Dump(json, 2).c_str());
    return;
  }
  std::fputs("[", stdout);
  const char* separator = "\n";
  for (const Json& element : json) {
    std::fprintf(stdout, "%s%s", separator, Dump(element, -1).c_str());
    separator = ",\n";
  }
  std::fputs("\n]\n", stdout);
}

}  // namespace hone
