#include "tuner/json_scan.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "db/error.h"

namespace hone {

void JsonScan::Bad(std::string_view what) const { throw Error("JSON, byte " + std::to_string(at_) + ": " + std::string(what)); }

char JsonScan::Next() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  if (at_ >= text_.size()) throw JsonCut{};
  return text_[at_];
}

void JsonScan::Expect(char c) {
  if (Next() != c) Bad(std::string("expected '") + c + "'");
  ++at_;
}

JsonScan::Kind JsonScan::Peek() {
  switch (Next()) {
    case '{': return Kind::kObject;
    case '[': return Kind::kArray;
    case '"': return Kind::kString;
    case 't':
    case 'f':
    case 'n': return Kind::kWord;
    default: return Kind::kNumber;
  }
}

void JsonScan::Object(const std::function<void(const std::string&)>& member) {
  if (++depth_ > 100) Bad("nested too deep");
  Expect('{');
  if (Next() == '}') {
    ++at_;
  } else {
    for (;;) {
      const std::string key = String();
      Expect(':');
      Next();
      member(key);
      const char c = Next();
      ++at_;
      if (c == '}') break;
      if (c != ',') Bad("expected ',' or '}'");
    }
  }
  --depth_;
}

void JsonScan::Array(const std::function<void()>& element) {
  if (++depth_ > 100) Bad("nested too deep");
  Expect('[');
  if (Next() == ']') {
    ++at_;
  } else {
    for (;;) {
      Next();
      element();
      const char c = Next();
      ++at_;
      if (c == ']') break;
      if (c != ',') Bad("expected ',' or ']'");
    }
  }
  --depth_;
}

std::string JsonScan::String() {
  Expect('"');
  std::string out;
  for (;; ++at_) {
    if (at_ >= text_.size()) throw JsonCut{};
    const char c = text_[at_];
    if (c == '"') break;
    if (c != '\\') {
      out += c;
      continue;
    }
    if (++at_ >= text_.size()) throw JsonCut{};
    switch (text_[at_]) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'u':  // names and messages here are ASCII: others become '?'
        if (text_.size() - at_ < 5) throw JsonCut{};
        out += text_.substr(at_ + 1, 2) == "00"
                   ? static_cast<char>(std::strtol(std::string(text_.substr(at_ + 3, 2)).c_str(), nullptr, 16))
                   : '?';
        at_ += 4;
        break;
      default: out += text_[at_];
    }
  }
  ++at_;
  return out;
}

double JsonScan::Number() {
  Next();
  const std::size_t begin = at_;
  while (at_ < text_.size() && std::string_view("+-.0123456789eEINaftiny").find(text_[at_]) != std::string_view::npos) ++at_;
  if (at_ >= text_.size()) throw JsonCut{};
  const std::string token(text_.substr(begin, at_ - begin));
  if (token == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (token == "Infinity") return std::numeric_limits<double>::infinity();
  if (token == "-Infinity") return -std::numeric_limits<double>::infinity();
  char* end = nullptr;
  const double value = std::strtod(token.c_str(), &end);
  if (token.empty() || *end != '\0') Bad("not a number");
  return value;
}

std::string JsonScan::Word() {
  Next();
  const std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] >= 'a' && text_[at_] <= 'z') ++at_;
  if (at_ >= text_.size()) throw JsonCut{};
  std::string word(text_.substr(begin, at_ - begin));
  if (word != "true" && word != "false" && word != "null") Bad("not a JSON value");
  return word;
}

void JsonScan::Skip() {
  switch (Peek()) {
    case Kind::kObject: Object([this](const std::string&) { Skip(); }); break;
    case Kind::kArray: Array([this] { Skip(); }); break;
    case Kind::kString: String(); break;
    case Kind::kWord: Word(); break;
    case Kind::kNumber: Number(); break;
  }
}

std::string_view JsonScan::Raw() {
  Next();
  const std::size_t begin = at_;
  Skip();
  return text_.substr(begin, at_ - begin);
}

}  // namespace hone
