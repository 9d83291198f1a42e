#version 460
// Each invocation takes PER_LANE neighbouring elements.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer X { T x[]; };
layout(binding = 1) restrict buffer Y { T y[]; };
layout(push_constant) uniform Push { uint n; float a; };

void main() {
  const uint first = (LinearGroup() * WG + gl_LocalInvocationID.x) * PER_LANE;
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint i = first + step;
    if (i < n) y[i] = T(a * float(x[i]) + float(y[i]));
  }
}
