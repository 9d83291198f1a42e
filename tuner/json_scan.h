// A forward-only reader of JSON text, for recorded spaces: tens of megabytes of which little is kept, and files whose last
// bytes were never written. Accepts NaN and Infinity as Python writes them. Not a validator.
//
// Errors: JsonCut at the end of the text (an interrupted run; the caller keeps what it has), hone::Error elsewhere, with the
// byte offset.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace hone {

struct JsonCut {};

class JsonScan {
 public:
  explicit JsonScan(std::string_view text) : text_(text) {}

  enum class Kind { kObject, kArray, kString, kNumber, kWord };  // kWord: true, false, null
  Kind Peek();
  // Calls `member` with each key, standing before the value; `member` must read or Skip() it.
  void Object(const std::function<void(const std::string& key)>& member);
  void Array(const std::function<void()>& element);
  std::string String();
  double Number();
  std::string Word();  // "true", "false", "null"
  void Skip();
  std::string_view Raw();  // skips a value and returns its text

 private:
  char Next();  // first character after white space, not consumed
  void Expect(char c);
  [[noreturn]] void Bad(std::string_view what) const;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace hone
