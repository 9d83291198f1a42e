#version 460
// WG BITS UNROLL VEC ORDER
layout(local_size_x = 64) in;
void main() {}
