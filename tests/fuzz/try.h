// What a fuzz target asks of hone: bad input is an Error, and nothing worse.
#pragma once

#include "db/error.h"

template <typename Body>
void Try(const Body& body) {
  try {
    body();
  } catch (const hone::Error&) {
  }
}
