// What reflection found in a module, and devices, as JSON.
#include <cmath>

#include "db/error.h"
#include "db/json_object.h"
#include "db/kernel.h"

namespace hone {

using nlohmann::json;

std::string InterfaceToJson(const ModuleInterface& interface) {
  json push = json::array(), bindings = json::array(), constants = json::array();
  for (const auto& member : interface.push) {
    push.push_back({{"name", member.name}, {"type", member.type}, {"offset", member.offset}});
  }
  for (const auto& binding : interface.bindings) {
    bindings.push_back({{"binding", binding.binding}, {"writes", binding.writes}});
  }
  for (const auto& constant : interface.spec_constants) {
    constants.push_back({{"name", constant.name}, {"id", constant.id}, {"type", constant.type}});
  }
  return DumpJson({{"push", push},
                   {"push_bytes", interface.push_bytes},
                   {"bindings", bindings},
                   {"spec_constants", constants},
                   {"shared_bytes", interface.shared_bytes},
                   {"local_size", interface.local_size}});
}

ModuleInterface InterfaceFromJson(std::string_view text) {
  const json value = ParseJson(text, "a module's interface");
  const JsonObject object(value, "interface",
                          {"push", "push_bytes", "bindings", "spec_constants", "shared_bytes", "local_size"});
  ModuleInterface interface;
  interface.push_bytes = static_cast<std::uint32_t>(object.Integer("push_bytes", 0, 65536));
  interface.shared_bytes = object.Uint32("shared_bytes");
  object.Each("push", 256, [&](const json& element, const std::string& place) {
    const JsonObject member(element, place, {"name", "type", "offset"});
    const std::int64_t size = static_cast<std::int64_t>(ScalarBytes(member.Text("type")));
    if (size == 0) member.Bad("type", "not a GLSL scalar");
    const std::int64_t offset = member.Integer("offset", 0, 65536);
    if (offset + size > interface.push_bytes) member.Bad("offset", "past the end of the push constants");
    interface.push.push_back({member.Name("name"), member.Text("type"), static_cast<std::uint32_t>(offset)});
  });
  object.Each("bindings", 256, [&](const json& element, const std::string& place) {
    const JsonObject binding(element, place, {"binding", "writes"});
    interface.bindings.push_back({static_cast<std::uint32_t>(binding.Integer("binding", 0, 255)), binding.Flag("writes")});
  });
  object.Each("spec_constants", 256, [&](const json& element, const std::string& place) {
    const JsonObject constant(element, place, {"name", "id", "type"});
    interface.spec_constants.push_back({constant.Name("name"), constant.Uint32("id"), constant.Name("type")});
  });
  std::size_t axis = 0;
  object.Each("local_size", 3, [&](const json& element, const std::string& place) {
    const json wrapped{{"size", element}};
    interface.local_size[axis++] = JsonObject(wrapped, place, {"size"}).Uint32("size");
  });
  if (axis != 3) object.Bad("local_size", "not three sizes");
  return interface;
}

std::string DeviceToJson(const DeviceInfo& device) {
  json limits = json::object();
  for (const auto& [name, limit] : device.limits) {
    if (std::isfinite(limit)) limits[name] = limit;
  }
  return DumpJson({{"name", device.name},
                   {"vendor_id", device.vendor_id},
                   {"device_id", device.device_id},
                   {"type", device.type},
                   {"driver_id", device.driver_id},
                   {"driver_name", device.driver_name},
                   {"driver_info", device.driver_info},
                   {"driver_version", device.driver_version},
                   {"api_version", device.api_version},
                   {"device_uuid", device.device_uuid},
                   {"pipeline_cache_uuid", device.pipeline_cache_uuid},
                   {"limits", limits},
                   {"features", device.features},
                   {"extensions", device.extensions}});
}

DeviceInfo DeviceFromJson(std::string_view text) {
  const json value = ParseJson(text, "a device");
  const JsonObject object(
      value, "device",
      {"name", "vendor_id", "device_id", "type", "driver_id", "driver_name", "driver_info", "driver_version", "api_version",
       "device_uuid", "pipeline_cache_uuid", "limits", "features", "extensions"});
  DeviceInfo device;
  device.name = object.Text("name");
  device.vendor_id = object.Uint32("vendor_id");
  device.device_id = object.Uint32("device_id");
  device.type = object.Text("type");
  device.driver_id = object.Uint32("driver_id");
  device.driver_name = object.Text("driver_name");
  device.driver_info = object.Text("driver_info");
  device.driver_version = object.Uint32("driver_version");
  device.api_version = object.Uint32("api_version");
  device.device_uuid = object.Text("device_uuid");
  device.pipeline_cache_uuid = object.Text("pipeline_cache_uuid");
  const json& limits = object.At("limits");
  if (!limits.is_object()) object.Bad("limits", "not an object");
  for (const auto& [name, limit] : limits.items()) {
    if (!limit.is_number()) object.Bad("limits", "not a number");
    device.limits[name] = limit.get<double>();
  }
  for (std::string& feature : object.Texts("features")) device.features.insert(std::move(feature));
  for (std::string& extension : object.Texts("extensions")) device.extensions.insert(std::move(extension));
  return device;
}

}  // namespace hone
