// What may be shown on a terminal: colours, its width.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace hone {

enum class Colour { kBold, kDim, kRed, kGreen, kYellow };

bool IsTerminal(std::FILE* stream);
int TerminalWidth(std::FILE* stream);  // columns; 80 when it is not a terminal or does not say

// `text` in that colour where `stream` is a terminal, NO_COLOR is not set and TERM is not "dumb"; else `text` itself.
std::string Paint(std::string_view text, Colour colour, std::FILE* stream = stdout);

}  // namespace hone
