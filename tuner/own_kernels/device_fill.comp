#version 450
// As FillElements (tuner/fill.cpp), to the same bits; how tuner/device_fill.cpp calls it. An invocation makes each words/total-th word.
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
layout(local_size_x = 256) in;
layout(binding = 0) writeonly buffer Out { uint words[]; };
layout(push_constant) uniform Push {
  uint64_t seed, first;  // `first`: the element that words[0] begins with
  double low, high;      // integers: the least of them, and how many there are
  uint count;            // of words
  uint kind;             // 0 bits, 1 constant, 2 ramp, 3 uniform, 4 normal, 5 integers
  uint bytes;            // of an element: 1, 2 or 4
  uint form;             // 0 float, 1 float16_t, 2 bfloat16_t, 3 integer
  double least, most;    // that the integer type holds
};

uint64_t Mix(uint64_t counter) {
  uint64_t z = seed + (counter + 1ul) * 0x9e3779b97f4a7c15ul;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
  z = (z ^ z >> 27) * 0x94d049bb133111ebul;
  return z ^ z >> 31;
}

double Unit(uint64_t bits) { return double(bits >> 11) * 1.1102230246251565404e-16lf; }  // 2^-53

double Normal(uint64_t bits) {
  const uint a = uint(bits), b = uint(bits >> 32);
  return (double((a & 0xffffu) + (a >> 16) + (b & 0xffffu) + (b >> 16)) - 131070.0lf) * (1.0lf / 37837.227507lf);
}

double Value(uint64_t index) {
  precise double value = low;  // no product and sum become one rounding
  switch (kind) {
    case 2: value = low + high * double(index); break;
    case 3: value = low + (high - low) * Unit(Mix(index)); break;
    case 4: value = low + high * Normal(Mix(index)); break;
    case 5: value = low + floor(Unit(Mix(index)) * high); break;
  }
  return value;
}

// As HalfFromDouble and Bfloat16FromDouble (tuner/element.cpp), of what is finite.
uint Half(double value) {
  const uint sign = unpackDouble2x32(value).y >> 16 & 0x8000u;
  const double size = abs(value);
  if (size >= 65520.0lf) return sign | 0x7c00u;
  if (size < 6.103515625e-5lf) return sign | uint(doubleBitsToUint64(size + 268435456.0lf)) & 0x7ffu;
  const uint64_t exact = doubleBitsToUint64(size) - (1008ul << 52);
  return sign | uint((exact + 0x1fffffffffful + (exact >> 42 & 1ul)) >> 42);
}
uint Bfloat16(double value) {
  const float near = float(value);
  uint bits = floatBitsToUint(near);
  if (double(near) != value && !isinf(near)) {
    if (abs(double(near)) > abs(value)) --bits;
    bits |= 1u;
  }
  return (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
}

uint Element(uint64_t index) {
  if (kind == 0u) return uint(Mix(index));
  const double value = Value(index);
  if (form == 0u) return floatBitsToUint(float(value));
  if (form == 1u) return Half(value);
  if (form == 2u) return Bfloat16(value);
  const double integer = clamp(value, least, most);
  return integer < 0.0lf ? uint(int(integer)) : uint(integer);
}

void main() {
  const uint total = gl_NumWorkGroups.x * 256u, many = 4u / bytes;
  for (uint i = gl_GlobalInvocationID.x; i < count; i += total) {
    uint word = 0u;
    for (uint e = 0u; e < many; ++e) {
      const uint bits = Element(first + uint64_t(i) * many + e);
      word |= (bytes == 4u ? bits : bits & (1u << 8u * bytes) - 1u) << 8u * bytes * e;
    }
    words[i] = word;
  }
}
