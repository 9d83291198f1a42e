#version 460
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

// Writes one element too many.
void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i < n) y[i] = 2 * x[i] + 1;
  if (i == 0) y[n] = 3;
}
