// f(a x + b) on floats, elements and packets; after types.glsl and the push constants op, a and b.
float Sigmoid(float x) { return 1 / (1 + exp(-x)); }

#define EACH(f)                                     \
  [[unroll]] for (uint v = 0; v < VEC; ++v) {       \
    const float x = e[v];                           \
    e[v] = f;                                       \
  }                                                 \
  break;

// Every invocation has the same op: the branch is uniform, one for a packet.
void Apply(inout float e[VEC]) {
  [[unroll]] for (uint v = 0; v < VEC; ++v) e[v] = a * e[v] + b;
  switch (op) {
    case 1: EACH(max(x, 0))
    case 2: EACH(Sigmoid(x))
    case 3: EACH(2 * Sigmoid(2 * x) - 1)
    case 4: EACH(x * Sigmoid(x))
    case 5: EACH(x * Sigmoid(1.5957691216 * (x + 0.044715 * x * x * x)))
    case 6: EACH(exp(x))
    case 7: EACH(sqrt(abs(x)))
    default: break;
  }
}

TV Map(TV packet) {
  float e[VEC];
  Unpack(packet, e);
  Apply(e);
  return Pack(e);
}

#if VEC > 1
T Map(T element) {
  float e[VEC];
  [[unroll]] for (uint v = 0; v < VEC; ++v) e[v] = float(element);
  Apply(e);
  return T(e[0]);
}
#endif
