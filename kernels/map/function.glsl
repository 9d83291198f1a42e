// f(a x + b) on floats, elements and packets; after types.glsl and the push constants op, a and b.
float Sigmoid(float x) { return 1 / (1 + exp(-x)); }

// Every invocation has the same op: the branch is uniform, and dear only where it is not hidden behind memory.
float Function(float x) {
  switch (op) {
    case 1: return max(x, 0);
    case 2: return Sigmoid(x);
    case 3: return 2 * Sigmoid(2 * x) - 1;
    case 4: return x * Sigmoid(x);
    case 5: return x * Sigmoid(1.5957691216 * (x + 0.044715 * x * x * x));
    case 6: return exp(x);
    case 7: return sqrt(abs(x));
    default: return x;
  }
}

TV Map(TV packet) {
  float e[VEC];
  Unpack(packet, e);
  [[unroll]] for (uint v = 0; v < VEC; ++v) e[v] = Function(a * e[v] + b);
  return Pack(e);
}

#if VEC > 1
T Map(T element) { return T(Function(a * float(element) + b)); }
#endif
