#version 460
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

// Never ends (lavapipe leaves any one loop after 65535 rounds, so there are several).
void main() {
  const uint i = gl_GlobalInvocationID.x;
  float sum = 0;
  for (uint a = 0; a < 4000000000u && x[0] < 9; ++a)
    for (uint b = 0; b < 4000000000u && x[0] < 9; ++b)
      for (uint c = 0; c < 4000000000u && x[0] < 9; ++c) {
        sum = sum * 0.5 + x[(a + b + c) % n];
        y[i % n] = sum;
      }
}
