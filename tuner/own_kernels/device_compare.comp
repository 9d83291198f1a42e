#version 450
// How tuner/device_compare.cpp reads it: PartVerdict. Every invocation looks at each words/total-th word of `got`, and a workgroup sums up.
layout(local_size_x = 256) in;
layout(binding = 0) readonly buffer Got { uint got[]; };
layout(binding = 1) readonly buffer Expected { uint expected[]; };
struct Verdict { uint doubtful; float error_squares, reference_squares, worst; };
layout(binding = 2) writeonly buffer Verdicts { Verdict verdicts[]; };
layout(push_constant) uniform Push {
  uint words;        // of got
  uint last_mask;    // the bits of the last one that are elements
  uint kind;         // 0 bits, 1 float, 2 float16_t, 3 bfloat16_t
  uint wide;         // expected: double
  uint statistical;  // sum up instead of comparing element by element
  float absolute, relative, ulp;
};

uint doubtful = 0;
float error_squares = 0, reference_squares = 0, worst = 0;
shared Verdict parts[256];

// Bits of a float from those of other types.
uint FromHalf(uint bits) {
  const uint sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 31u, mantissa = bits & 1023u;
  if (exponent == 31u) return sign | 0x7f800000u | mantissa << 13;
  if (exponent == 0u) return sign | floatBitsToUint(float(mantissa) * 5.9604644775390625e-8);
  return sign | (exponent + 112u) << 23 | mantissa << 13;
}
uint FromDouble(uint low, uint high) {  // rounds towards zero
  const uint sign = high & 0x80000000u, exponent = high >> 20 & 0x7ffu;
  if (exponent < 897u) return sign;
  if (exponent > 1150u) return sign | 0x7f800000u;
  return sign | (exponent - 896u) << 23 | (high & 0xfffffu) << 3 | low >> 29;
}

bool IsNumber(uint bits) { return (bits & 0x7f800000u) != 0x7f800000u; }
bool IsSubnormal(uint bits) { return (bits & 0x7f800000u) == 0u && (bits & 0x7fffffu) != 0u; }

// a: got, b: expected.
void Look(uint a, uint b) {
  const float reference = uintBitsToFloat(b), error = abs(uintBitsToFloat(a) - reference);
  const bool differ = ((a ^ b) & 0x7fffffffu) != 0u;
  // The device may take subnormal numbers and differences for zero.
  const bool flushed = differ && absolute < 1e-36 && (IsSubnormal(a) || IsSubnormal(b) || error == 0.0);
  if (!IsNumber(a) || !IsNumber(b) || flushed) {
    doubtful = 1u;
    return;
  }
  if (statistical != 0u) {
    error_squares += error * error;
    reference_squares += reference * reference;
    worst = max(worst, error);
    return;
  }
  const float allowed = absolute + relative * abs(reference) + ulp * uintBitsToFloat(b & 0x7f800000u);
  if (error <= allowed) return;
  doubtful = 1u;
}

// Elements first and first + 1 of the 16-bit types, both in one word.
void LookAtPair(uint word, uint mask, uint first) {
  const bool both = mask > 0xffffu;
  const uint low = kind == 2u ? FromHalf(word & 0xffffu) : word << 16;
  const uint high = kind == 2u ? FromHalf(word >> 16) : word & 0xffff0000u;
  if (wide != 0u) {
    Look(low, FromDouble(expected[2u * first], expected[2u * first + 1u]));
    if (both) Look(high, FromDouble(expected[2u * first + 2u], expected[2u * first + 3u]));
  } else {
    const uint other = expected[first / 2u];
    Look(low, kind == 2u ? FromHalf(other & 0xffffu) : other << 16);
    if (both) Look(high, kind == 2u ? FromHalf(other >> 16) : other & 0xffff0000u);
  }
}

void main() {
  const uint total = gl_NumWorkGroups.x * 256u;
  for (uint i = gl_GlobalInvocationID.x; i < words; i += total) {
    const uint word = got[i], mask = i + 1u == words ? last_mask : 0xffffffffu;
    const bool same = wide == 0u && ((word ^ expected[i]) & mask) == 0u;
    if (same && statistical == 0u) continue;
    if (kind == 0u) doubtful = 1u;
    else if (kind > 1u) LookAtPair(word, mask, 2u * i);
    else Look(word, wide != 0u ? FromDouble(expected[2u * i], expected[2u * i + 1u]) : expected[i]);
  }
  const uint me = gl_LocalInvocationIndex;
  parts[me] = Verdict(doubtful, error_squares, reference_squares, worst);
  for (uint half_size = 128u; half_size > 0u; half_size /= 2u) {
    barrier();
    if (me < half_size) {
      parts[me].doubtful |= parts[me + half_size].doubtful;
      parts[me].error_squares += parts[me + half_size].error_squares;
      parts[me].reference_squares += parts[me + half_size].reference_squares;
      parts[me].worst = max(parts[me].worst, parts[me + half_size].worst);
    }
  }
  if (me == 0u) verdicts[gl_WorkGroupID.x] = parts[0];
}
