/* Tuned kernels for a C program that has its own Vulkan device.   own_device_c TUNED.db [USER.db] */
#include "vulkan_device_c.h"

enum { kCount = 1000 };

int main(int count, char** arguments) {
  if (count < 2) return 2;
  hone_library* library = open_library(arguments[1], count > 2 ? arguments[2] : NULL);

  hone_pipeline* axpy;
  char problem[32];
  snprintf(problem, sizeof(problem), "n=%d", kCount);
  CHECK(hone_load(library, "axpy", problem, HONE_MATCH_MANIFEST_DEFAULT, &axpy));

  float *x, *y;
  const hone_binding buffers[2] = {make_buffer(kCount, &x), make_buffer(kCount, &y)};
  for (int i = 0; i < kCount; ++i) x[i] = (float)i, y[i] = 1;

  begin_commands();
  const hone_scalar a = {"a", 2.5, 0, 0};
  CHECK(hone_record(axpy, commands, buffers, 2, &a, 1, NULL));
  if (hone_record(axpy, commands, buffers, 1, &a, 1, NULL) != HONE_ERROR) return 1; /* refused before the driver sees it */
  submit_commands_and_wait();

  for (int i = 0; i < kCount; ++i) {
    if (y[i] != 2.5f * x[i] + 1) return printf("wrong at %d\n", i), 1;
  }
  printf("right\n%s\n", hone_pipeline_explain(axpy));
  hone_pipeline_destroy(axpy);
  hone_library_destroy(library);
  return 0; /* the process ends here; a longer-lived program destroys its Vulkan objects */
}
