// A table of results: text with aligned columns for people, JSON with stable names for programs.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace hone {

// Keys keep the order in which they were given.
using Json = nlohmann::ordered_json;

struct Column {
  std::string key;      // in JSON, with its unit: "median_ns". Never changes once released.
  std::string heading;  // in text: "time". "": not shown in text
  bool right = false;   // numbers
};

struct Cell {
  Cell(std::string shown, Json stored) : text(std::move(shown)), value(std::move(stored)) {}
  Cell(std::string both) : text(both), value(std::move(both)) {}  // NOLINT(google-explicit-constructor): rows are lists
  Cell(const char* both) : Cell(std::string(both)) {}             // NOLINT(google-explicit-constructor)
  std::string text;
  Json value;
};

Cell CountCell(std::uint64_t count);

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void Add(std::vector<Cell> row);  // one cell a column
  bool empty() const { return rows_.empty(); }
  std::size_t size() const { return rows_.size(); }

  // Columns that are empty in every row are left out of text and Markdown.
  std::string ToText() const;
  std::string ToMarkdown() const;
  Json ToJson() const;  // an array of objects

  // Prints to stdout as asked.
  void Print(bool json) const;

 private:
  // Of each column; 0: not shown.
  std::vector<std::size_t> Widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// Prints one JSON value to stdout: an array one element a line, anything else indented.
void PrintJson(const Json& json);

}  // namespace hone
