// Packets of VEC elements of T_BYTES bytes each, as bits: for kernels that move elements and never look inside.
//   VEC * T_BYTES = 2: T itself   4: uint   8: uvec2   16: uvec4        Include before any declaration.
#extension GL_EXT_control_flow_attributes : require
#if T_BYTES == 2
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#endif

#if VEC * T_BYTES == 2
#define BITS T
#elif VEC * T_BYTES == 4
#define BITS uint
#elif VEC * T_BYTES == 8
#define BITS uvec2
#elif VEC * T_BYTES == 16
#define BITS uvec4
#else
#error "no packet of VEC elements of T_BYTES bytes"
#endif
