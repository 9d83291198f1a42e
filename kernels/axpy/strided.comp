#version 460
// One workgroup covers WG * PER_LANE neighbouring elements; in each step its invocations touch WG neighbours (coalesced).
layout(local_size_x = WG) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; float a; };

void main() {
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  uint i = group * (WG * PER_LANE) + gl_LocalInvocationID.x;
  for (uint step = 0; step < PER_LANE; ++step, i += WG) {
    if (i < n) y[i] = a * x[i] + y[i];
  }
}
