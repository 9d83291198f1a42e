#version 460
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
layout(push_constant) uniform Push { uint batch; uint rows; uint cols; };

uint Batch() { return batch; }
uint Rows() { return rows; }
uint Cols() { return cols; }
uint InAt(uint b, uint r, uint c) { return (b * rows + r) * cols + c; }
uint OutAt(uint b, uint r, uint c) { return (b * cols + c) * rows + r; }

#include "transpose_tile.glsl"
