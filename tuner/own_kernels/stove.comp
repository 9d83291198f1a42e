#version 450
// Keeps the device busy. The store never happens, and no compiler knows it.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Y { uint y[]; };
layout(push_constant) uniform Push { uint turns; };
void main() {
  uint x = gl_GlobalInvocationID.x;
  for (uint i = 0; i < turns; ++i) x = x * 1664525u + 1013904223u;
  if (x == turns + 12345u) y[0] = x;
}
