#version 460
layout(local_size_x = WG) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

void main() {
  uint i = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * (WG * PER_LANE) + gl_LocalInvocationID.x;
  for (uint item = 0; item < PER_LANE; ++item, i += WG) {
    if (i >= n) return;
    float value = x[i];
    for (uint step = 0; step < STEPS; ++step) value += float(SALT) / float(STEPS);
    y[i] = value - float(SALT);
  }
}
