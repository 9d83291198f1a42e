// Seeded damage to texts: the bytes that a careless or hostile author might write.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace hone {

class Mutator {
 public:
  // corpus: texts to start from and to take pieces of. words: tokens to insert.
  Mutator(std::vector<std::string> corpus, std::vector<std::string> words, unsigned seed)
      : corpus_(std::move(corpus)), words_(std::move(words)), random_(seed) {}

  std::string Next() {
    if (Below(50) == 0) return RandomBytes();
    std::string text = corpus_[Below(corpus_.size())];
    for (std::size_t times = 1 + Below(6); times > 0; --times) Damage(text);
    return text;
  }

 private:
  std::size_t Below(std::size_t bound) { return bound ? std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_) : 0; }

  std::string RandomBytes() {
    std::string text(Below(400), ' ');
    for (char& c : text) c = static_cast<char>(Below(256));
    return text;
  }

  std::string Piece(const std::string& text) { return text.substr(Below(text.size()), 1 + Below(60)); }

  void Damage(std::string& text) {
    const std::size_t at = Below(text.size() + 1), count = 1 + Below(Below(4) == 0 ? 200 : 12);
    switch (Below(9)) {
      case 0: text.erase(std::min(at, text.size()), count); break;
      case 1: text.insert(at, 1, static_cast<char>(Below(256))); break;
      case 2: if (at < text.size()) text[at] = static_cast<char>(Below(256)); break;
      case 3: text.insert(at, words_[Below(words_.size())]); break;
      case 4: text.insert(at, Piece(corpus_[Below(corpus_.size())])); break;
      case 5: text.resize(at); break;
      case 6: {  // a digit becomes another number
        const std::size_t digit = text.find_first_of("0123456789", at);
        static const char* const kNumbers[] = {"0", "-1", "2147483648", "4294967295", "1e308", "0x7fffffff", "3.5", "65536"};
        if (digit != std::string::npos) text.replace(digit, 1, kNumbers[Below(8)]);
        break;
      }
      case 7: {  // one word becomes another
        const std::string& word = words_[Below(words_.size())];
        if (const std::size_t found = text.find(word, at); found != std::string::npos) {
          text.replace(found, word.size(), words_[Below(words_.size())]);
        }
        break;
      }
      case 8: {  // said many times
        const std::string piece = Piece(text + " ");
        for (std::size_t i = 0; i < 1 + Below(40); ++i) text.insert(std::min(at, text.size()), piece);
        break;
      }
    }
  }

  std::vector<std::string> corpus_, words_;
  std::mt19937 random_;
};

}  // namespace hone
