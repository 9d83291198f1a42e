#version 460
#extension GL_EXT_control_flow_attributes : require
#ifdef WG
layout(local_size_x = WG) in;
#else
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint WG = 64;
layout(constant_id = 1) const uint ROUNDS = 1;
#endif
layout(binding = 0) readonly buffer X { uint x[]; };
layout(binding = 1) writeonly buffer Y { uint y[]; };
layout(push_constant) uniform Push { uint n; };

shared uint terms[WG * ROUNDS];

void main() {
  const uint lane = gl_LocalInvocationID.x;
  const uint i = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * WG + lane;
  uint sum = 0;
  for (uint first = 0; first < 24; first += ROUNDS) {
    [[unroll]] for (uint r = 0; r < ROUNDS; ++r) terms[r * WG + lane] = (first + r + 1) * x[(i + first + r) % n];
    [[unroll]] for (uint r = 0; r < ROUNDS; ++r) sum += terms[r * WG + lane];
  }
  if (i < n) y[i] = sum;
}
