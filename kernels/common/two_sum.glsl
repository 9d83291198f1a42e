// Sums in float with about twice its precision, for references: a running sum and what its roundings lost.
// Not for loops marked [[unroll]]: SPIRV-Tools' unroller drops `precise` from the copies. SIXTEEN_TIMES unrolls by hand, where a loop
// would take more rounds than lavapipe allows all loops of an invocation together (65535).
// Source: Knuth, The Art of Computer Programming 2, 4.2.2 (two-sum).
#define SIXTEEN_TIMES(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11) f(12) f(13) f(14) f(15)

struct Sum {
  float value;
  float lost;
};

void Add(inout float sum, inout float lost, float x) {
  precise const float total = sum + x;
  precise const float other = total - sum;
  precise const float kept = total - other;
  precise const float left = sum - kept;
  precise const float right = x - other;
  precise const float error = left + right;
  precise const float all_lost = lost + error;
  sum = total;
  lost = all_lost;
}

void Add(inout Sum sum, float x) { Add(sum.value, sum.lost, x); }

// Adds x * y, with the rounding of the product.
void AddProduct(inout Sum sum, float x, float y) {
  precise const float product = x * y;
  precise const float error = fma(x, y, -product);
  precise const float lost = sum.lost + error;
  sum.lost = lost;
  Add(sum, product);
}

void Add(inout Sum sum, Sum other) {
  Add(sum, other.value);
  precise const float lost = sum.lost + other.lost;
  sum.lost = lost;
}

float Total(Sum sum) { return sum.value + sum.lost; }
