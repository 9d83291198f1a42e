# hone_library(NAME SOURCES files... [PUBLIC targets...] [PRIVATE targets...] [HEADERS targets...])
# One static library for one folder: target hone_NAME, alias hone::NAME, repository root as include root. HEADERS are libraries
# without a binary: seen while building, unknown to whoever links the installed package.
function(hone_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE;HEADERS" ${ARGN})
  add_library(hone_${name} STATIC ${ARG_SOURCES})
  add_library(hone::${name} ALIAS hone_${name})
  set_target_properties(hone_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(hone_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                                 $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/hone>)
  target_compile_features(hone_${name} PUBLIC cxx_std_20)
  target_link_libraries(hone_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  foreach(target IN LISTS ARG_HEADERS)
    target_link_libraries(hone_${name} PRIVATE $<BUILD_INTERFACE:${target}>)
  endforeach()
  hone_warnings(hone_${name})
  if(HONE_PCH)
    hone_precompile(hone_${name})
  endif()
endfunction()

# What nearly every source of a folder includes, parsed once. For builds from scratch (the presets have it on). In angle brackets, so
# that the file which includes them is the same in every checkout, for ccache.
option(HONE_PCH "Precompile the headers that everything includes" OFF)
function(hone_precompile target)
  set(headers <algorithm> <array> <cmath> <cstdint> <cstring> <functional> <map> <memory> <optional> <span> <string>
              <string_view> <vector>)
  if(target STREQUAL hone_runtime)
    list(APPEND headers <runtime/vulkan.h>)
  elseif(target STREQUAL hone_tuner)
    list(APPEND headers <fmt/format.h>)
  elseif(target STREQUAL hone)
    list(APPEND headers <fmt/format.h> <tools/table.h>)
  endif()
  target_precompile_headers(${target} PRIVATE ${headers})
endfunction()

# The warnings of the project, on one target. GCC 12 sees array bounds broken inside its own std::string; not errors, then.
function(hone_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Wno-restrict
                                           "$<$<BOOL:${HONE_WERROR}>:-Werror;-Wno-error=array-bounds;-Wno-error=stringop-overflow>")
endfunction()
