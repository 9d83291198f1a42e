#version 450
// Doubles y, in steps of the whole grid: what it does hangs on the grid's size.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Y { uint y[]; };
layout(push_constant) uniform Push { uint n; };
void main() {
  const uint stride = gl_NumWorkGroups.x * gl_NumWorkGroups.y * 64;
  for (uint i = gl_GlobalInvocationID.x; i < n; i += stride) y[i] = 2 * y[i];
}
