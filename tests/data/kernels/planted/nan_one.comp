#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

// Not a number in one element, when there are many.
void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i >= n) return;
  y[i] = i == 901 ? uintBitsToFloat(0x7fc00000u) : 2 * x[i] + 1;
}
