#version 460
layout(local_size_x = WG) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

void main() {
  uint i = gl_WorkGroupID.x * (WG * STEPS) + gl_LocalInvocationID.x;
  for (uint step = 0; step < STEPS; ++step, i += WG)
    if (i < n) y[i] = 2 * x[i] + 1;
}
