// What a reduction does, by the push constant op: 0 adds up, 1 looks for the largest, 2 for the least element. The least is kept
// negated, as the largest of what is negated.
float Nothing() { return op == 0 ? 0 : uintBitsToFloat(0xFF800000); }
float Signed(float x) { return op == 2 ? -x : x; }
float Both(float a, float b) { return op == 0 ? a + b : max(a, b); }
