// The kernel's buffers and the workspaces after them: `sort` has keys, `sort_pairs` keys and values.
// BEFORE_DIGITS: in a pass outside the loop over digits, where there is no `shift`.
#ifdef VALUES
layout(binding = 0) restrict readonly buffer FirstKeys { uint first_keys[]; };
layout(binding = 1) restrict readonly buffer FirstValues { uint first_values[]; };
layout(binding = 2) restrict readonly buffer FromKeys { uint from_keys[]; };
layout(binding = 3) restrict readonly buffer FromValues { uint from_values[]; };
layout(binding = 4) restrict writeonly buffer ToKeys { uint to_keys[]; };
layout(binding = 5) restrict writeonly buffer ToValues { uint to_values[]; };
#define COUNTS_BINDING 6
#define STATE_BINDING 7
#else
layout(binding = 0) restrict readonly buffer FirstKeys { uint first_keys[]; };
layout(binding = 1) restrict readonly buffer FromKeys { uint from_keys[]; };
layout(binding = 2) restrict writeonly buffer ToKeys { uint to_keys[]; };
#define COUNTS_BINDING 3
#define STATE_BINDING 4
#endif
#ifdef BEFORE_DIGITS
layout(push_constant) uniform Push { uint n; };
#else
layout(push_constant) uniform Push { uint n; uint shift; };
#endif
