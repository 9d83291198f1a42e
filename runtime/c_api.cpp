// The C interface: each function calls its C++ counterpart and turns exceptions into a status and a message.
#include <string>
#include <vector>

#include "runtime/adaptive.h"
#include "runtime/context.h"
#include "runtime/hone.h"
#include "runtime/library.h"
#include "runtime/pipeline_impl.h"

struct hone_library {
  hone::Library library;
};
struct hone_pipeline {
  hone::Pipeline pipeline;
  std::string explanation;
};
struct hone_adaptive {
  hone::AdaptivePipeline pipeline;
};
struct hone_context {
  hone::Context context;
};
struct hone_requirements {
  hone::EnabledFeatures enabled;
};
struct hone_buffer {
  hone::GpuBuffer buffer;
};
struct hone_ticket {
  hone::Ticket ticket;
};

namespace {

thread_local std::string last_error;

hone_status StatusOf(hone::Outcome outcome) {
  switch (outcome) {
    case hone::Outcome::kOverLimit: return HONE_OVER_LIMIT;
    case hone::Outcome::kTimeout: return HONE_TIMEOUT;
    case hone::Outcome::kDeviceLost: return HONE_DEVICE_LOST;
    case hone::Outcome::kOutOfDeviceMemory: return HONE_OUT_OF_DEVICE_MEMORY;
    case hone::Outcome::kOutOfHostMemory: return HONE_OUT_OF_HOST_MEMORY;
    default: return HONE_DRIVER_ERROR;
  }
}

template <typename Call>
hone_status Run(Call&& call) noexcept {
  try {
    call();
    return HONE_OK;
  } catch (const hone::DeviceError& error) {
    last_error = error.what();
    return StatusOf(error.outcome);
  } catch (const std::bad_alloc&) {
    last_error = "out of host memory";
    return HONE_OUT_OF_HOST_MEMORY;
  } catch (const std::exception& error) {
    last_error = error.what();
    return HONE_ERROR;
  }
}

const char* Text(const char* text, const char* what) {
  if (!text) throw hone::Error(std::string(what) + " is NULL");
  return text;
}

template <typename T>
T& Given(T* pointer, const char* what) {
  if (!pointer) throw hone::Error(std::string(what) + " is NULL");
  return *pointer;
}

hone::Values Problem(const char* text) { return hone::Values::FromText(Text(text, "problem")); }

void Give(hone::Pipeline made, hone_pipeline** pipeline) {
  std::string explanation = made.Explain();
  auto& to = Given(pipeline, "pipeline");
  to = new hone_pipeline{std::move(made), std::move(explanation)};
}

hone::Binding BindingOf(const hone_binding& binding) { return {binding.buffer, binding.offset, binding.bytes}; }
hone::Binding WorkspaceOf(const hone_binding* workspace) { return workspace ? BindingOf(*workspace) : hone::Binding{}; }

std::vector<hone::Binding> Bindings(const hone_binding* bindings, size_t count) {
  std::vector<hone::Binding> all;
  for (size_t i = 0; i < count; ++i) all.push_back(BindingOf(bindings[i]));
  return all;
}

std::vector<hone::Scalar> Scalars(const hone_scalar* scalars, size_t count) {
  std::vector<hone::Scalar> all;
  for (size_t i = 0; i < count; ++i) {
    const char* name = Text(scalars[i].name, "a scalar's name");
    if (scalars[i].is_integer) {
      all.emplace_back(name, scalars[i].integer);
    } else {
      all.emplace_back(name, scalars[i].value);
    }
  }
  return all;
}

void Require(const hone::DatabaseSource& database, VkInstance instance, VkPhysicalDevice physical_device,
             hone::GetInstanceProcAddr get_instance_proc_addr, hone_requirements** requirements) {
  auto& to = Given(requirements, "requirements");
  const auto found = hone::RequiredFeatures(database, instance, physical_device, get_instance_proc_addr);
  to = new hone_requirements{hone::EnabledFeatures(found)};
}

void OpenOn(const hone::DatabaseSource& database, const hone_device* device, const char* user_database,
            hone_library** library) {
  const auto& given = Given(device, "device");
  const hone::DeviceHandles handles{.instance = given.instance,
                                    .physical_device = given.physical_device,
                                    .device = given.device,
                                    .created_with = given.created_with,
                                    .get_instance_proc_addr = given.get_instance_proc_addr};
  auto& to = Given(library, "library");
  to = new hone_library{hone::Library(database, handles, {user_database ? user_database : ""})};
}

void OpenOn(const hone::DatabaseSource& database, hone_context* context, hone_library** library) {
  auto& to = Given(library, "library");
  to = new hone_library{hone::Library(database, Given(context, "context").context)};
}

}  // namespace

extern "C" {

const char* hone_last_error(void) { return last_error.c_str(); }

hone_status hone_requirements_create(const char* path, VkInstance instance, VkPhysicalDevice physical_device,
                                     hone::GetInstanceProcAddr get_instance_proc_addr, hone_requirements** requirements) {
  return Run([&] { Require(Text(path, "path"), instance, physical_device, get_instance_proc_addr, requirements); });
}

hone_status hone_requirements_create_embedded(const unsigned char* database, size_t bytes, VkInstance instance,
                                              VkPhysicalDevice physical_device,
                                              hone::GetInstanceProcAddr get_instance_proc_addr,
                                              hone_requirements** requirements) {
  return Run([&] {
    Require({&Given(database, "database"), bytes}, instance, physical_device, get_instance_proc_addr, requirements);
  });
}

void hone_requirements_destroy(hone_requirements* requirements) { delete requirements; }
void* hone_requirements_chain(hone_requirements* requirements) { return requirements->enabled.chain(); }
uint32_t hone_requirements_extension_count(const hone_requirements* requirements) {
  return static_cast<uint32_t>(requirements->enabled.extension_names().size());
}
const char* const* hone_requirements_extensions(const hone_requirements* requirements) {
  return requirements->enabled.extension_names().data();
}

hone_status hone_library_open(const char* path, const hone_device* device, hone_library** library) {
  return hone_library_open_with(path, device, nullptr, library);
}

hone_status hone_library_open_with(const char* path, const hone_device* device, const char* user_database,
                                   hone_library** library) {
  return Run([&] { OpenOn(Text(path, "path"), device, user_database, library); });
}

hone_status hone_library_open_embedded(const unsigned char* database, size_t bytes, const hone_device* device,
                                       const char* user_database, hone_library** library) {
  return Run([&] { OpenOn({&Given(database, "database"), bytes}, device, user_database, library); });
}

hone_status hone_library_open_on_context(const char* path, hone_context* context, hone_library** library) {
  return Run([&] { OpenOn(Text(path, "path"), context, library); });
}

hone_status hone_library_open_embedded_on_context(const unsigned char* database, size_t bytes, hone_context* context,
                                                  hone_library** library) {
  return Run([&] { OpenOn({&Given(database, "database"), bytes}, context, library); });
}

void hone_library_destroy(hone_library* library) { delete library; }
void hone_library_release_descriptors(hone_library* library) { library->library.ReleaseDescriptors(); }

hone_status hone_load(hone_library* library, const char* kernel, const char* problem, hone_match worst,
                      hone_pipeline** pipeline) {
  return Run([&] {
    auto& from = Given(library, "library").library;
    Give(from.Load(Text(kernel, "kernel"), Problem(problem), {.at_most = static_cast<hone::Match>(worst)}), pipeline);
  });
}

hone_status hone_prewarm(hone_library* library, const hone_wanted* wanted, size_t count, unsigned threads) {
  return Run([&] {
    std::vector<hone::Wanted> all;
    for (size_t i = 0; i < count; ++i) all.push_back({Text(wanted[i].kernel, "kernel"), Problem(wanted[i].problem)});
    (void)Given(library, "library").library.Prewarm(all, threads);
  });
}

void hone_pipeline_destroy(hone_pipeline* pipeline) { delete pipeline; }
const char* hone_pipeline_explain(const hone_pipeline* pipeline) { return pipeline->explanation.c_str(); }
hone_match hone_pipeline_match(const hone_pipeline* pipeline) { return static_cast<hone_match>(pipeline->pipeline.match()); }

uint64_t hone_pipeline_buffer_bytes(const hone_pipeline* pipeline, size_t index) {
  if (index >= pipeline->pipeline.impl().plan->buffer_bytes.size()) return 0;
  return pipeline->pipeline.BufferBytes(index);
}

uint64_t hone_pipeline_workspace_bytes(const hone_pipeline* pipeline) { return pipeline->pipeline.WorkspaceBytes(); }
uint64_t hone_pipeline_workspace_alignment(const hone_pipeline* pipeline) { return pipeline->pipeline.WorkspaceAlignment(); }

hone_status hone_record(const hone_pipeline* pipeline, VkCommandBuffer commands, const hone_binding* buffers,
                        size_t buffer_count, const hone_scalar* scalars, size_t scalar_count, const hone_binding* workspace) {
  return Run([&] {
    Given(pipeline, "pipeline")
        .pipeline.Record(commands, Bindings(buffers, buffer_count), Scalars(scalars, scalar_count), WorkspaceOf(workspace));
  });
}

hone_status hone_load_adaptive(hone_library* library, const char* kernel, const char* problem,
                               const hone_adaptive_options* options, hone_adaptive** adaptive) {
  return Run([&] {
    const auto& given = Given(options, "options");
    hone::AdaptiveOptions wanted{.queue_family = given.queue_family};
    if (given.overhead != 0) wanted.overhead = given.overhead;
    if (given.candidates != 0) wanted.candidates = given.candidates;
    wanted.load.at_most = static_cast<hone::Match>(given.worst);
    auto& to = Given(adaptive, "adaptive");
    to = new hone_adaptive{Given(library, "library").library.LoadAdaptive(Text(kernel, "kernel"), Problem(problem), wanted)};
  });
}

void hone_adaptive_destroy(hone_adaptive* adaptive) { delete adaptive; }
uint64_t hone_adaptive_workspace_bytes(const hone_adaptive* adaptive) { return adaptive->pipeline.WorkspaceBytes(); }
double hone_adaptive_lost(const hone_adaptive* adaptive) { return adaptive->pipeline.lost(); }

hone_status hone_adaptive_record(const hone_adaptive* adaptive, VkCommandBuffer commands, const hone_binding* buffers,
                                 size_t buffer_count, const hone_scalar* scalars, size_t scalar_count,
                                 const hone_binding* workspace) {
  return Run([&] {
    Given(adaptive, "adaptive")
        .pipeline.Record(commands, Bindings(buffers, buffer_count), Scalars(scalars, scalar_count), WorkspaceOf(workspace));
  });
}

hone_status hone_adaptive_collect(const hone_adaptive* adaptive, int* converged) {
  return Run([&] {
    const bool known = Given(adaptive, "adaptive").pipeline.Collect();
    if (converged) *converged = known;
  });
}

hone_status hone_adaptive_best(const hone_adaptive* adaptive, hone_pipeline** pipeline) {
  return Run([&] { Give(Given(adaptive, "adaptive").pipeline.best(), pipeline); });
}

hone_status hone_context_create(const char* device, hone_context** context) {
  return Run([&] {
    auto& to = Given(context, "context");
    to = new hone_context{hone::Context({.device = device ? device : ""})};
  });
}

void hone_context_destroy(hone_context* context) { delete context; }
const char* hone_context_device_name(const hone_context* context) { return context->context.info().name.c_str(); }

hone_status hone_buffer_create(hone_context* context, uint64_t bytes, hone_buffer** buffer) {
  return Run([&] {
    auto& to = Given(buffer, "buffer");
    to = new hone_buffer{Given(context, "context").context.CreateBuffer(bytes)};
  });
}

void hone_buffer_destroy(hone_buffer* buffer) { delete buffer; }

hone_status hone_buffer_upload(hone_context* context, hone_buffer* buffer, const void* from, uint64_t bytes, uint64_t offset) {
  return Run([&] { Given(context, "context").context.Upload(Given(buffer, "buffer").buffer, from, bytes, offset); });
}

hone_status hone_buffer_download(hone_context* context, hone_buffer* buffer, void* to, uint64_t bytes, uint64_t offset) {
  return Run([&] { Given(context, "context").context.Download(Given(buffer, "buffer").buffer, to, bytes, offset); });
}

hone_binding hone_buffer_binding(const hone_buffer* buffer) { return {buffer->buffer.handle(), 0, buffer->buffer.bytes()}; }

hone_status hone_run(hone_context* context, const hone_pipeline* pipeline, const hone_binding* buffers, size_t buffer_count,
                     const hone_scalar* scalars, size_t scalar_count, uint32_t timeout_ms) {
  return Run([&] {
    Given(context, "context")
        .context.Run(Given(pipeline, "pipeline").pipeline, Bindings(buffers, buffer_count), Scalars(scalars, scalar_count), {},
                     std::chrono::milliseconds(timeout_ms));
  });
}

hone_status hone_buffer_fill(hone_context* context, hone_buffer* buffer, uint8_t byte) {
  return Run([&] { Given(context, "context").context.Fill(Given(buffer, "buffer").buffer, byte); });
}

hone_status hone_submit(hone_context* context, const hone_pipeline* pipeline, const hone_binding* buffers, size_t buffer_count,
                        const hone_scalar* scalars, size_t scalar_count, hone_ticket** ticket) {
  return Run([&] {
    auto& to = Given(ticket, "ticket");
    to = new hone_ticket{Given(context, "context")
                             .context.Submit(Given(pipeline, "pipeline").pipeline, Bindings(buffers, buffer_count),
                                             Scalars(scalars, scalar_count))};
  });
}

hone_status hone_ticket_wait(const hone_ticket* ticket, uint32_t timeout_ms) {
  return Run([&] { Given(ticket, "ticket").ticket.Wait(std::chrono::milliseconds(timeout_ms)); });
}

void hone_ticket_destroy(hone_ticket* ticket) { delete ticket; }

}  // extern "C"
