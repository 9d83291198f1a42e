#version 460
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

// Writes nothing.
void main() {
  if (n == 0) y[0] = x[0];
}
