// In a file of its own: no other is compiled with the version's number, and anew for another.
#include "runtime/hone.h"

const char* hone_version(void) { return HONE_VERSION; }
