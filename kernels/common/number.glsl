// Elements of T (float, uint or int, four bytes) from and to their bits, so that packets of VEC of them move as BITS (bits.glsl).
void FromBits(uint bits, out float x) { x = uintBitsToFloat(bits); }
void FromBits(uint bits, out uint x) { x = bits; }
void FromBits(uint bits, out int x) { x = int(bits); }
uint ToBits(float x) { return floatBitsToUint(x); }
uint ToBits(uint x) { return x; }
uint ToBits(int x) { return uint(x); }

#ifdef BITS
void Unpack(BITS packet, out T e[VEC]) {
#if VEC == 1
  FromBits(packet, e[0]);
#else
  [[unroll]] for (uint v = 0; v < VEC; ++v) FromBits(packet[v], e[v]);
#endif
}

BITS Pack(T e[VEC]) {
#if VEC == 1
  return ToBits(e[0]);
#else
  BITS packet;
  [[unroll]] for (uint v = 0; v < VEC; ++v) packet[v] = ToBits(e[v]);
  return packet;
#endif
}
#endif
