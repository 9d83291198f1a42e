#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

// Wrong in the last element, when there are many; by two hundred-thousandths.
void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i >= n) return;
  const float right = 2 * x[i] + 1;
  y[i] = i > 900 && i == n - 1 ? right + 2e-5 : right;
}
