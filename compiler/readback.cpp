#include "compiler/readback.h"

#include <spirv_cross/spirv_cross.hpp>
#include <spirv_cross/spirv_glsl.hpp>
#include <spirv_cross/spirv_hlsl.hpp>
#include <spirv_cross/spirv_msl.hpp>

#include "compiler/optimize.h"
#include "db/error.h"

namespace hone {
namespace {

constexpr const char* kNames[] = {"GLSL", "HLSL", "MSL"};

void RestoreNames(spirv_cross::Compiler& compiler, const ModuleInterface& interface, const std::vector<std::string>& buffers) {
  const spirv_cross::ShaderResources resources = compiler.get_shader_resources();
  for (const auto& push : resources.push_constant_buffers) {
    compiler.set_name(push.id, "push");
    compiler.set_name(push.base_type_id, "push_block");
    const auto& type = compiler.get_type(push.base_type_id);
    for (std::uint32_t i = 0; i < type.member_types.size(); ++i) {
      const std::uint32_t offset = compiler.type_struct_member_offset(type, i);
      for (const ModuleInterface::PushMember& member : interface.push) {
        if (member.offset == offset && !member.name.empty()) compiler.set_member_name(push.base_type_id, i, member.name);
      }
    }
  }
  for (const auto& buffer : resources.storage_buffers) {
    const std::uint32_t binding = compiler.get_decoration(buffer.id, spv::DecorationBinding);
    const std::string name = binding < buffers.size() ? buffers[binding] : "buffer_" + std::to_string(binding);
    compiler.set_name(buffer.id, name);
    compiler.set_name(buffer.base_type_id, name + "_block");
    const auto& type = compiler.get_type(buffer.base_type_id);
    if (type.member_types.size() == 1) compiler.set_member_name(buffer.base_type_id, 0, "data");
  }
  for (const auto& constant : compiler.get_specialization_constants()) {
    for (const ModuleInterface::SpecConstant& known : interface.spec_constants) {
      if (known.id == constant.constant_id && !known.name.empty()) compiler.set_name(constant.id, known.name);
    }
  }
}

std::string Translate(const Module& module, Language language, const std::vector<std::string>& buffers) {
  if (language == Language::kHlsl) {
    spirv_cross::CompilerHLSL compiler(module.words);
    spirv_cross::CompilerHLSL::Options options;
    options.shader_model = 66;
    options.enable_16bit_types = true;
    compiler.set_hlsl_options(options);
    RestoreNames(compiler, module.interface, buffers);
    // HLSL has no gl_NumWorkGroups: it becomes a constant buffer of its own.
    if (const auto id = compiler.remap_num_workgroups_builtin()) compiler.set_decoration(id, spv::DecorationBinding, 1000);
    return compiler.compile();
  }
  if (language == Language::kMsl) {
    spirv_cross::CompilerMSL compiler(module.words);
    spirv_cross::CompilerMSL::Options options;
    options.set_msl_version(3, 0);
    compiler.set_msl_options(options);
    RestoreNames(compiler, module.interface, buffers);
    return compiler.compile();
  }
  spirv_cross::CompilerGLSL compiler(module.words);
  spirv_cross::CompilerGLSL::Options options;
  options.version = 460;
  options.vulkan_semantics = true;
  compiler.set_common_options(options);
  RestoreNames(compiler, module.interface, buffers);
  return compiler.compile();
}

}  // namespace

std::string Decompile(const Module& module, Language language, const std::vector<std::string>& buffers) {
  const std::string what = std::string("this module cannot be shown as ") + kNames[static_cast<int>(language)] + ": ";
  const std::string next = " (as SPIR-V it can)";
  if (const std::string fact = Validate(module.words); !fact.empty()) throw Error("this module is not valid SPIR-V: " + fact);
  try {
    return Translate(module, language, buffers);
  } catch (const std::exception& error) {
    throw Error(what + error.what() + next);
  }
}

}  // namespace hone
