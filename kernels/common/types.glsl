// The element type T (float or float16_t; T_BYTES 4 or 2), packets of it, and their way to float and back.
//
// VEC elements make one packet TV, aligned to its size, so that one load moves VEC * T_BYTES bytes (at most 16):
//   T_BYTES 4: VEC 1, 2, 4        T_BYTES 2: VEC 1, 2, 4, 8
// Unpack and Pack turn a packet into VEC floats and back; arithmetic is in float for every T. Include before any declaration.
#extension GL_EXT_control_flow_attributes : require
#if T_BYTES == 2
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#endif

#ifndef VEC
#define VEC 1
#endif

#if VEC == 1
#define TV T
void Unpack(TV v, out float e[VEC]) { e[0] = float(v); }
TV Pack(float e[VEC]) { return T(e[0]); }
#elif T_BYTES == 4 && VEC == 2
#define TV vec2
void Unpack(TV v, out float e[VEC]) { e = float[](v.x, v.y); }
TV Pack(float e[VEC]) { return vec2(e[0], e[1]); }
#elif T_BYTES == 4 && VEC == 4
#define TV vec4
void Unpack(TV v, out float e[VEC]) { e = float[](v.x, v.y, v.z, v.w); }
TV Pack(float e[VEC]) { return vec4(e[0], e[1], e[2], e[3]); }
#elif T_BYTES == 2 && VEC == 2
#define TV f16vec2
void Unpack(TV v, out float e[VEC]) { e = float[](float(v.x), float(v.y)); }
TV Pack(float e[VEC]) { return f16vec2(vec2(e[0], e[1])); }
#elif T_BYTES == 2 && VEC == 4
#define TV f16vec4
void Unpack(TV v, out float e[VEC]) { e = float[](float(v.x), float(v.y), float(v.z), float(v.w)); }
TV Pack(float e[VEC]) { return f16vec4(vec4(e[0], e[1], e[2], e[3])); }
#elif T_BYTES == 2 && VEC == 8
#define TV uvec4
void Unpack(TV v, out float e[VEC]) {
  [[unroll]] for (uint i = 0; i < 4; ++i) {
    const f16vec2 pair = unpackFloat2x16(v[i]);
    e[2 * i] = float(pair.x);
    e[2 * i + 1] = float(pair.y);
  }
}
TV Pack(float e[VEC]) {
  TV v;
  [[unroll]] for (uint i = 0; i < 4; ++i) v[i] = packFloat2x16(f16vec2(vec2(e[2 * i], e[2 * i + 1])));
  return v;
}
#else
#error "no packet of VEC elements of T_BYTES bytes"
#endif
