#version 450
// y[i] = ADD + i; the workgroup's size and ADD are specialization constants.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint ADD = 5;
layout(binding = 0) buffer Y { uint y[]; };
layout(push_constant) uniform Push { uint n; };
void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i < n) y[i] = ADD + i;
}
