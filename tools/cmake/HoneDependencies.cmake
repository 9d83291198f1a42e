# Every third-party library of hone as one target hone_dep::NAME, static where the system has a static library, so that the
# `hone` program needs only glibc, libstdc++ and the Vulkan loader. tools/setup installs and builds what is missing.

execute_process(COMMAND ${CMAKE_COMMAND} -E env CXX=${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR}/tools/setup --print-prefix
                OUTPUT_VARIABLE hone_prefix OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(hone_prefix)
  list(PREPEND CMAKE_PREFIX_PATH "${hone_prefix}")
endif()

# By dependencies, not by preprocessed text: that has no macros, so a precompiled header whose macros alone changed would be taken for
# the old one.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

include(${CMAKE_CURRENT_LIST_DIR}/HoneRuntimeDependencies.cmake)

hone_dependency(json HEADER nlohmann/json.hpp)
hone_dependency(xxhash HEADER xxhash.h)
hone_dependency(fmt HEADER fmt/format.h)
add_library(hone_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
target_include_directories(hone_fmt PRIVATE $<TARGET_PROPERTY:hone_dep_fmt,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(hone_dep_fmt INTERFACE hone_fmt)
hone_dependency(tomlplusplus HEADER toml++/toml.h)
hone_dependency(zlib HEADER zlib.h LIBRARIES z)
hone_dependency(jemalloc HEADER jemalloc/jemalloc.h LIBRARIES jemalloc_pic)
hone_dependency(program_options HEADER boost/program_options.hpp LIBRARIES boost_program_options)
hone_dependency(vulkan_headers HEADER vulkan/vulkan_core.h
                VERSION "define VK_HEADER_VERSION ([0-9]+)" 309)  # of 1.4
hone_dependency(vma HEADER vk_mem_alloc.h VERSION "Version ([0-9.]+)" 3.2)
hone_dependency(spirv_cross HEADER spirv_cross/spirv_cross.hpp LIBRARIES
                spirv-cross-hlsl spirv-cross-msl spirv-cross-glsl spirv-cross-core)

# glslang and SPIRV-Tools name their own libraries.
foreach(package glslang SPIRV-Tools-opt SPIRV-Tools)
  unset(${package}_DIR CACHE)  # an older build of tools/setup, perhaps
endforeach()
find_package(SPIRV-Tools-opt QUIET)
find_package(glslang 15.1 QUIET)
if(NOT TARGET SPIRV-Tools-opt)
  hone_missing("SPIRV-Tools (2025.1)")
elseif(NOT TARGET glslang::glslang)
  hone_missing("glslang (15.1)")
endif()
add_library(hone_dep_spirv_tools INTERFACE IMPORTED GLOBAL)
add_library(hone_dep::spirv_tools ALIAS hone_dep_spirv_tools)
target_link_libraries(hone_dep_spirv_tools INTERFACE SPIRV-Tools-opt SPIRV-Tools-static)
add_library(hone_dep_glslang INTERFACE IMPORTED GLOBAL)
add_library(hone_dep::glslang ALIAS hone_dep_glslang)
target_link_libraries(hone_dep_glslang INTERFACE glslang::glslang glslang::SPIRV glslang::glslang-default-resource-limits)
find_program(HONE_SPIRV_VAL spirv-val HINTS ${hone_prefix}/bin NO_CACHE)  # for tests: a newer one than the system's knows more

if(HONE_TESTS)
  hone_dependency(gtest HEADER gtest/gtest.h LIBRARIES gtest_main gmock gtest)
  target_link_libraries(hone_dep_gtest INTERFACE Threads::Threads)
  hone_dependency(benchmark HEADER benchmark/benchmark.h LIBRARIES benchmark)
  target_link_libraries(hone_dep_benchmark INTERFACE Threads::Threads)
endif()
