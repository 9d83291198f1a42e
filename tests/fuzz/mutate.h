// Seeded damage to texts and binary files: the bytes that a careless or hostile author might write.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace hone {

class Mutator {
 public:
  // corpus: inputs to start from and to take pieces of. words: tokens to insert. unit: bytes that are kept together, as
  // in a file of 32-bit words.
  Mutator(std::vector<std::string> corpus, std::vector<std::string> words, unsigned seed, std::size_t unit = 1)
      : corpus_(std::move(corpus)), words_(std::move(words)), unit_(unit), random_(seed) {}

  std::string Next() {
    if (Below(50) == 0) return RandomBytes(unit_ * Below(400 / unit_));
    std::string text = corpus_[Below(corpus_.size())];
    for (std::size_t times = 1 + Below(6); times > 0; --times) Damage(text);
    return text;
  }

 private:
  std::size_t Below(std::size_t bound) { return bound ? std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_) : 0; }
  std::size_t Place(const std::string& text) { return unit_ * Below(text.size() / unit_ + 1); }

  std::string RandomBytes(std::size_t count) {
    std::string text(count, ' ');
    for (char& c : text) c = static_cast<char>(Below(256));
    return text;
  }

  std::string Piece(const std::string& text) { return text.substr(Place(text), unit_ * (1 + Below(60 / unit_))); }
  const std::string& Word() { return words_[Below(words_.size())]; }

  void Damage(std::string& text) {
    const std::size_t at = Place(text), count = unit_ * (1 + Below(Below(4) == 0 ? 200 : 12));
    switch (Below(10)) {
      case 0: text.erase(at, count); break;
      case 1: text.insert(at, RandomBytes(unit_)); break;
      case 2: text.replace(at, unit_, RandomBytes(unit_)); break;
      case 3: text.insert(at, Word()); break;
      case 4: text.insert(at, Piece(corpus_[Below(corpus_.size())])); break;
      case 5: text.resize(at); break;
      case 6: {  // a digit becomes another number
        const std::size_t digit = text.find_first_of("0123456789", at);
        static const char* const kNumbers[] = {"0", "-1", "2147483648", "4294967295", "1e308", "0x7fffffff", "3.5", "65536"};
        if (digit != std::string::npos && unit_ == 1) text.replace(digit, 1, kNumbers[Below(8)]);
        break;
      }
      case 7: {  // one word becomes another
        const std::string& word = Word();
        if (const std::size_t found = text.find(word, at); found != std::string::npos) text.replace(found, word.size(), Word());
        break;
      }
      case 8: {  // said many times
        const std::string piece = Piece(text);
        for (std::size_t i = Below(40); i > 0; --i) text.insert(at, piece);
        break;
      }
      case 9: {  // a bit
        const std::size_t byte = Below(text.size());
        if (!text.empty()) text[byte] = static_cast<char>(text[byte] ^ (1 << Below(8)));
        break;
      }
    }
  }

  std::vector<std::string> corpus_, words_;
  std::size_t unit_;
  std::mt19937 random_;
};

}  // namespace hone
