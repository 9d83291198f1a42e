#version 460
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

// Two workgroups write each element, and which comes last decides.
void main() {
  const uint i = gl_GlobalInvocationID.x;
  const uint other = i ^ 64;
  if (other < n) y[other] = 0;
  if (i < n) y[i] = 2 * x[i] + 1;
}
