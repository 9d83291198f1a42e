#version 450
// A known answer: tuner/sentinel.cpp computes the same.
layout(local_size_x = 64) in;
layout(binding = 0) writeonly buffer Y { uint y[]; };
void main() { y[gl_GlobalInvocationID.x] = gl_GlobalInvocationID.x * 2654435761u + 12345u; }
