#version 460
// C = the sum of the SPLIT parts.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = 256) in;
layout(constant_id = 1) const uint SPLIT = 2;
layout(binding = 2) restrict writeonly buffer C { float c[]; };
layout(binding = 3) restrict readonly buffer Partial { float partial[]; };
layout(push_constant) uniform Push { uint m; uint n; uint k; };

void main() {
  const uint i = LinearGroup() * 256 + gl_LocalInvocationIndex;
  if (i >= m * n) return;
  float sum = 0;
  [[unroll]] for (uint part = 0; part < SPLIT; ++part) sum += partial[part * m * n + i];
  c[i] = sum;
}
