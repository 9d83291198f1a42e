#version 460
#extension GL_GOOGLE_include_directive : require
// One workgroup compares what the others found.
layout(local_size_x = WG) in;
layout(binding = 1) restrict writeonly buffer Value { float value; };
layout(binding = 2) restrict writeonly buffer Place { uint place; };
layout(binding = 3) restrict readonly buffer PartValues { float values[]; };
layout(binding = 4) restrict readonly buffer PartPlaces { uint places[]; };
layout(push_constant) uniform Push { uint n; uint least; };
#include "best.glsl"

void main() {
  const uint groups = (n - 1) / (WG * PER_LANE * VEC) + 1;
  Best best = kNone;
  for (uint i = gl_LocalInvocationIndex; i < groups; i += WG) best = Better(best, Best(values[i], places[i]));
  best = WorkgroupBest(best);
  if (gl_LocalInvocationIndex == 0) {
    value = Signed(best.value);
    place = best.place;
  }
}
