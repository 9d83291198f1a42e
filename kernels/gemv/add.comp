#version 460
// y = the sum of each row's parts.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 2) restrict writeonly buffer Y { T y[]; };
layout(binding = 3) restrict readonly buffer Partial { float partial[]; };
layout(push_constant) uniform Push { uint m; uint n; };

void main() {
  const uint row = LinearGroup() * WG + gl_LocalInvocationIndex;
  if (row >= m) return;
  float sum = 0;
  [[unroll]] for (uint part = 0; part < SPLIT; ++part) sum += partial[row * SPLIT + part];
  y[row] = T(sum);
}
