#version 460
// The matrices of the input's last axis and the axis that becomes the last, transposed; the third axis numbers them.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
layout(push_constant) uniform Push { uint n0; uint n1; uint n2; uint p0; uint p1; uint p2; };
#include "axes.glsl"

uint Third() { return 1 - p2; }
uint Batch() { return Size(Third()); }
uint Rows() { return Size(p2); }
uint Cols() { return n2; }
uint InAt(uint b, uint r, uint c) { return b * InStride(Third()) + r * InStride(p2) + c; }
uint OutAt(uint b, uint r, uint c) { return b * OutStride(Third()) + c * OutStride(2) + r; }

#include "transpose_tile.glsl"
