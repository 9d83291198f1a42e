#version 460
#extension GL_GOOGLE_include_directive : require
#define BLAS
#include "gemm_registers.glsl"
