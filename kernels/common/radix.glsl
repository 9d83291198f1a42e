// Radix sort, what its passes share: keys as numbers whose order is that of the bits, digits, and the passes' bindings.
//
// K: uint, int or float. BITS: bits of a digit. A digit's pass reads from `from` (the caller's keys in the first pass) and writes to
// `to`; the runtime exchanges the two bindings in odd passes, and the number of passes is even, so the last writes the result.
// With VALUES each key carries a word along.
// Source: Merrill and Grimshaw, High Performance and Scalable Radix Sorting, 2011.
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require

const uint kRadix = 1 << BITS;
const uint kDigits = (32 + BITS - 1) / BITS;
const uint kTile = WG * PER_LANE;

uint Ordered(uint bits, uint) { return bits; }
uint Ordered(uint bits, int) { return bits ^ 0x80000000; }
uint Ordered(uint bits, float) { return bits ^ (int(bits) < 0 ? 0xFFFFFFFF : 0x80000000); }
uint Raw(uint key, uint) { return key; }
uint Raw(uint key, int) { return key ^ 0x80000000; }
uint Raw(uint key, float) { return key ^ (int(key) < 0 ? 0x80000000 : 0xFFFFFFFF); }

uint DigitOf(uint key, uint shift) { return key >> shift & (kRadix - 1); }

uint Tiles(uint n) { return n / kTile + (n % kTile > 0 ? 1 : 0); }
