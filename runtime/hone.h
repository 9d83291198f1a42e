/* hone for C: tuned Vulkan compute kernels from a database.
 *
 * Two ways in: hone_library_open() over the application's own VkDevice, or hone_context_create(), which makes a device
 * for a program that has none. Every call that can fail returns a hone_status; hone_last_error() says what went wrong
 * in one line. Handles are opaque; each has one destroy function, and destroying NULL does nothing. Nothing is thrown
 * across this border. Threads: as in library.h and context.h; hone_last_error() is a thread's own.
 */
#ifndef HONE_H
#define HONE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define HONE_API
#else
#define HONE_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Vulkan's handles; the same declarations as in its own headers. */
typedef struct VkInstance_T* VkInstance;
typedef struct VkPhysicalDevice_T* VkPhysicalDevice;
typedef struct VkDevice_T* VkDevice;
typedef struct VkCommandBuffer_T* VkCommandBuffer;
#if defined(__LP64__) || defined(_WIN64)
typedef struct VkBuffer_T* VkBuffer;
#else
typedef uint64_t VkBuffer;
#endif
struct VkDeviceCreateInfo;

typedef enum hone_status {
  HONE_OK = 0,
  HONE_ERROR = 1,      /* a person must fix something: see hone_last_error() */
  HONE_OVER_LIMIT = 2, /* the device cannot run this */
  HONE_TIMEOUT = 3,
  HONE_DEVICE_LOST = 4,
  HONE_OUT_OF_DEVICE_MEMORY = 5,
  HONE_OUT_OF_HOST_MEMORY = 6,
  HONE_DRIVER_ERROR = 7
} hone_status;

/* How well a pipeline's variant fits what was asked, best first. */
typedef enum hone_match {
  HONE_MATCH_EXACT = 0,
  HONE_MATCH_NEAREST_PROBLEM = 1,
  HONE_MATCH_OTHER_DRIVER = 2,
  HONE_MATCH_SAME_FAMILY = 3,
  HONE_MATCH_PORTABLE = 4,
  HONE_MATCH_MANIFEST_DEFAULT = 5
} hone_match;

typedef struct hone_library hone_library;
typedef struct hone_pipeline hone_pipeline;
typedef struct hone_adaptive hone_adaptive;
typedef struct hone_context hone_context;
typedef struct hone_buffer hone_buffer;
typedef struct hone_ticket hone_ticket;

/* What the last failed call on this thread met; "" before any. Valid until the next failure on this thread. */
HONE_API const char* hone_last_error(void);
HONE_API const char* hone_version(void);

/* --- the application's own device --- */

/* What a database's kernels can make use of and this device has, in the form vkCreateDevice takes: a chain for pNext
 * and the names of extensions. Keep it until the library is open. get_instance_proc_addr: NULL: the system's loader. */
typedef struct hone_requirements hone_requirements;
HONE_API hone_status hone_requirements_create(const char* path, VkInstance instance, VkPhysicalDevice physical_device,
                                              void (*(*get_instance_proc_addr)(VkInstance, const char*))(void),
                                              hone_requirements** requirements);
HONE_API void hone_requirements_destroy(hone_requirements* requirements);
HONE_API void* hone_requirements_chain(hone_requirements* requirements);
HONE_API uint32_t hone_requirements_extension_count(const hone_requirements* requirements);
HONE_API const char* const* hone_requirements_extensions(const hone_requirements* requirements);

typedef struct hone_device {
  VkInstance instance;
  VkPhysicalDevice physical_device;
  VkDevice device;
  const struct VkDeviceCreateInfo* created_with; /* what vkCreateDevice was given: says what is enabled. May be NULL: nothing */
  void (*(*get_instance_proc_addr)(VkInstance, const char*))(void); /* NULL: the system's loader */
} hone_device;

HONE_API hone_status hone_library_open(const char* path, const hone_device* device, hone_library** library);
/* user_database: a database of the user's own, made where it is missing, in which what the driver makes of the kernels is
 * kept, so that later starts need not compile; beside a packed database also what was chosen. NULL: nothing is kept. */
HONE_API hone_status hone_library_open_with(const char* path, const hone_device* device, const char* user_database,
                                            hone_library** library);
HONE_API hone_status hone_library_open_on_context(const char* path, hone_context* context, hone_library** library);

/* The same for a database in the program itself (hone_kernels(... EMBED symbol) of the CMake package) or anywhere in memory:
 * the bytes of a whole file, which stay where they are as long as the library. */
HONE_API hone_status hone_requirements_create_embedded(const unsigned char* database, size_t bytes, VkInstance instance,
                                                       VkPhysicalDevice physical_device,
                                                       void (*(*get_instance_proc_addr)(VkInstance, const char*))(void),
                                                       hone_requirements** requirements);
HONE_API hone_status hone_library_open_embedded(const unsigned char* database, size_t bytes, const hone_device* device,
                                                const char* user_database, hone_library** library);
HONE_API hone_status hone_library_open_embedded_on_context(const unsigned char* database, size_t bytes, hone_context* context,
                                                           hone_library** library);
HONE_API void hone_library_destroy(hone_library* library);
/* On a device without VK_KHR_push_descriptor every hone_record takes a descriptor set; this gives them all back. The caller
 * sees to it that no command buffer recorded earlier will run again. */
HONE_API void hone_library_release_descriptors(hone_library* library);

/* --- pipelines --- */

/* problem: "n=4096" or "m=64 n=64 k=64 T=float16_t". worst: the least match that is accepted. */
HONE_API hone_status hone_load(hone_library* library, const char* kernel, const char* problem, hone_match worst,
                               hone_pipeline** pipeline);
/* Makes many ready in parallel, so that hone_load finds them made. threads: 0: one a core. Errors: the first; the rest are
 * made. */
typedef struct hone_wanted {
  const char* kernel;
  const char* problem;
} hone_wanted;
HONE_API hone_status hone_prewarm(hone_library* library, const hone_wanted* wanted, size_t count, unsigned threads);
HONE_API void hone_pipeline_destroy(hone_pipeline* pipeline);
HONE_API const char* hone_pipeline_explain(const hone_pipeline* pipeline); /* valid as long as the pipeline */
HONE_API hone_match hone_pipeline_match(const hone_pipeline* pipeline);
HONE_API uint64_t hone_pipeline_buffer_bytes(const hone_pipeline* pipeline, size_t index); /* 0 beyond the last */
HONE_API uint64_t hone_pipeline_workspace_bytes(const hone_pipeline* pipeline);
HONE_API uint64_t hone_pipeline_workspace_alignment(const hone_pipeline* pipeline);

typedef struct hone_binding {
  VkBuffer buffer;
  uint64_t offset, bytes; /* bytes is checked against what the kernel needs; HONE_WHOLE_BUFFER: to the end, unchecked */
} hone_binding;
#define HONE_WHOLE_BUFFER UINT64_MAX

/* A scalar argument: a number, converted to the type that the shader declares. For 64-bit integers beyond 2^53 set
 * is_integer. */
typedef struct hone_scalar {
  const char* name;
  double value;
  int64_t integer;
  int is_integer;
} hone_scalar;

/* workspace: NULL where hone_pipeline_workspace_bytes() is 0. */
HONE_API hone_status hone_record(const hone_pipeline* pipeline, VkCommandBuffer commands, const hone_binding* buffers,
                                 size_t buffer_count, const hone_scalar* scalars, size_t scalar_count,
                                 const hone_binding* workspace);

/* --- adaptive mode: the fastest of several proved variants, found inside the application's own dispatches --- */

typedef struct hone_adaptive_options {
  uint32_t queue_family; /* where the commands will run; without timestamps there, nothing is tried */
  double overhead;       /* the share of all time that trials may cost. 0: 0.01 */
  size_t candidates;     /* at most. 0: 8 */
  hone_match worst;      /* the least match that is accepted */
} hone_adaptive_options;

/* It must not outlive the library. What is found is kept in the library's user database, where it has one. */
HONE_API hone_status hone_load_adaptive(hone_library* library, const char* kernel, const char* problem,
                                        const hone_adaptive_options* options, hone_adaptive** adaptive);
HONE_API void hone_adaptive_destroy(hone_adaptive* adaptive);
HONE_API uint64_t hone_adaptive_workspace_bytes(const hone_adaptive* adaptive); /* the most that a candidate needs */
/* As hone_record. Commands recorded once and submitted often would repeat a trial: record them anew. */
HONE_API hone_status hone_adaptive_record(const hone_adaptive* adaptive, VkCommandBuffer commands, const hone_binding* buffers,
                                          size_t buffer_count, const hone_scalar* scalars, size_t scalar_count,
                                          const hone_binding* workspace);
/* Reads the times that are there; never waits. converged (may be NULL): whether the fastest is known. */
HONE_API hone_status hone_adaptive_collect(const hone_adaptive* adaptive, int* converged);
HONE_API double hone_adaptive_lost(const hone_adaptive* adaptive); /* what trials have cost so far, as a share of all time */
/* The fastest, once converged; else the first. Destroy it with hone_pipeline_destroy(). */
HONE_API hone_status hone_adaptive_best(const hone_adaptive* adaptive, hone_pipeline** pipeline);

/* --- a device of hone's own --- */

/* device: a number, a part of a name, or NULL for the best there is. */
HONE_API hone_status hone_context_create(const char* device, hone_context** context);
HONE_API void hone_context_destroy(hone_context* context);
HONE_API const char* hone_context_device_name(const hone_context* context);
HONE_API hone_status hone_buffer_create(hone_context* context, uint64_t bytes, hone_buffer** buffer);
HONE_API void hone_buffer_destroy(hone_buffer* buffer);
HONE_API hone_status hone_buffer_upload(hone_context* context, hone_buffer* buffer, const void* from, uint64_t bytes,
                                        uint64_t offset);
HONE_API hone_status hone_buffer_download(hone_context* context, hone_buffer* buffer, void* to, uint64_t bytes,
                                          uint64_t offset);
HONE_API hone_binding hone_buffer_binding(const hone_buffer* buffer);                            /* all of it */
HONE_API hone_status hone_buffer_fill(hone_context* context, hone_buffer* buffer, uint8_t byte); /* all of it */
/* Dispatches and waits at most timeout_ms; the workspace is the context's own. */
HONE_API hone_status hone_run(hone_context* context, const hone_pipeline* pipeline, const hone_binding* buffers,
                              size_t buffer_count, const hone_scalar* scalars, size_t scalar_count, uint32_t timeout_ms);
/* Dispatches and returns at once. Submissions run in the order they were made, each sees what earlier ones wrote; hone_run and
 * what copies wait for them first. Buffers must live until the ticket is done. HONE_TIMEOUT of a wait: wait again. */
HONE_API hone_status hone_submit(hone_context* context, const hone_pipeline* pipeline, const hone_binding* buffers,
                                 size_t buffer_count, const hone_scalar* scalars, size_t scalar_count, hone_ticket** ticket);
HONE_API hone_status hone_ticket_wait(const hone_ticket* ticket, uint32_t timeout_ms);
HONE_API void hone_ticket_destroy(hone_ticket* ticket); /* does not wait */

#ifdef __cplusplus
}
#endif
#endif
