#version 460
// One workgroup. Sixteen elements a round, since lavapipe ends all loops of an invocation after 65535 rounds.
#extension GL_GOOGLE_include_directive : require
#define VEC 1
#define WG 128
#include "types.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) writeonly buffer Value { float value; };
layout(binding = 2) writeonly buffer Place { uint place; };
layout(push_constant) uniform Push { uint n; uint least; };
#include "best.glsl"

void main() {
  Best best = kNone;
  for (uint first = gl_LocalInvocationIndex; first < n; first += 16 * WG) {
    [[unroll]] for (uint step = 0; step < 16; ++step) {
      const uint i = first + step * WG;
      if (i < n) best = Better(best, Best(Signed(float(x[i])), i));
    }
  }
  best = WorkgroupBest(best);
  if (gl_LocalInvocationIndex == 0) {
    value = Signed(best.value);
    place = best.place;
  }
}
