#version 450
// b = 2 a + round, for n elements: one round of a loop whose buffers change places.
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer B { uint b[]; };
layout(push_constant) uniform Push { uint n; uint round; };
void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i < n) b[i] = 2 * a[i] + round;
}
