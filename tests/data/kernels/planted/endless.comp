#version 460
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

// Never ends. llvmpipe leaves any loop after 65535 turns; the grid is as large as it gets, so that it is busy all the same.
void main() {
  const uint i = gl_LocalInvocationID.x;
  float sum = 0;
  for (uint a = 0; a < 4000000000u && x[0] < 9; ++a) {
    sum = sum * 0.5 + x[(a + i) % n];
    y[i % n] = sum;
  }
}
