// The strategies' entry points, listed in tuner/strategy.cpp.
#pragma once

namespace hone {

class Trial;

void SearchExhaustive(Trial& trial);
void SearchRandom(Trial& trial);

}  // namespace hone
