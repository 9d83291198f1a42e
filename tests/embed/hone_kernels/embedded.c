/* Tuned kernels that are a part of the program.   c_embedded */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/hone.h"
#include "tuned_kernels.h"

enum { kCount = 1000 };
#define CHECK(call) do { if ((call) != HONE_OK) { fprintf(stderr, "%s: %s\n", #call, hone_last_error()); exit(1); } } while (0)

int main(void) {
  hone_context* context;
  hone_library* library;
  hone_pipeline* axpy;
  hone_buffer *x, *y;
  static float ones[kCount], result[kCount];
  for (int i = 0; i < kCount; ++i) ones[i] = 1;

  CHECK(hone_context_create(NULL, &context));
  CHECK(hone_library_open_embedded_on_context(tuned_kernels, tuned_kernels_size, context, &library));
  CHECK(hone_load(library, "axpy", "n=1000", HONE_MATCH_MANIFEST_DEFAULT, &axpy));
  CHECK(hone_buffer_create(context, sizeof(ones), &x));
  CHECK(hone_buffer_create(context, sizeof(ones), &y));
  CHECK(hone_buffer_upload(context, x, ones, sizeof(ones), 0));
  CHECK(hone_buffer_upload(context, y, ones, sizeof(ones), 0));
  const hone_binding buffers[2] = {hone_buffer_binding(x), hone_buffer_binding(y)};
  const hone_scalar a = {"a", 2.5, 0, 0};
  CHECK(hone_run(context, axpy, buffers, 2, &a, 1, 10000));
  CHECK(hone_buffer_download(context, y, result, sizeof(result), 0));
  for (int i = 0; i < kCount; ++i) {
    if (result[i] != 3.5f) return printf("wrong at %d\n", i), 1;
  }
  printf("right\n%s\n", hone_pipeline_explain(axpy));
  hone_buffer_destroy(x);
  hone_buffer_destroy(y);
  hone_pipeline_destroy(axpy);
  hone_library_destroy(library);
  hone_context_destroy(context);
  return 0;
}
