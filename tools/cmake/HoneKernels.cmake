# hone_kernels(TARGET app KERNELS dir... DATABASE file [TUNED text-export...] [EMBED symbol] [OPTIONS option...])
#
# The database of kernels that `app` loads, built before it, and again when a manifest, a shader or what it includes changes.
# Call it in the folder that makes `app`. Relative paths: KERNELS and TUNED from the source folder, DATABASE from the binary
# folder.
#
#   TUNED    files of `hone export`: the database is packed, with the best variant of each problem on each device and the default
#            ones. Without: every legal variant, for an application that tunes where it runs.
#   EMBED    the database becomes a part of `app` too. `#include "symbol.h"` declares it, for C and C++:
#              extern const unsigned char symbol[];   hone::Library library({symbol, symbol_size}, context);
#              extern const size_t symbol_size;       hone_library_open_embedded(symbol, symbol_size, …);
#            For GCC and Clang on systems with ELF.
#   OPTIONS  for `hone compile`: --problem m=512,n=512,k=512, --include dir …
cmake_policy(PUSH)
cmake_policy(VERSION 3.20...3.25)  # dependency files are read relative to the binary folder (CMP0116)

function(hone_kernels)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "TARGET;DATABASE;EMBED" "KERNELS;TUNED;OPTIONS")
  hone_kernels_check()
  set(base ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(list KERNELS TUNED)
    list(TRANSFORM ARG_${list} REPLACE "^([^/].*)" "${base}/\\1")
  endforeach()
  cmake_path(ABSOLUTE_PATH ARG_DATABASE BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE OUTPUT_VARIABLE database)
  cmake_path(GET database PARENT_PATH folder)
  file(MAKE_DIRECTORY ${folder})

  set(hone $<TARGET_FILE:hone::hone>)
  set(compiled ${database})
  if(ARG_TUNED)
    set(compiled ${database}.tuned)
    set(before COMMAND ${CMAKE_COMMAND} -E rm -f ${compiled}
               COMMAND ${hone} import ${ARG_TUNED} --db ${compiled})
    list(APPEND ARG_OPTIONS --tuned)
  endif()
  add_custom_command(OUTPUT ${compiled} ${before}
                     COMMAND ${hone} compile ${ARG_KERNELS} -o ${compiled} --depfile ${database}.d ${ARG_OPTIONS}
                     COMMAND ${CMAKE_COMMAND} -E touch ${compiled}  # what is unchanged is not written
                     DEPENDS ${hone} ${ARG_TUNED} DEPFILE ${database}.d VERBATIM
                     COMMENT "Compiling the kernels of ${ARG_TARGET}")
  if(ARG_TUNED)
    add_custom_command(OUTPUT ${database} COMMAND ${hone} pack ${compiled} -o ${database}
                       DEPENDS ${hone} ${compiled} VERBATIM COMMENT "Packing the kernels of ${ARG_TARGET}")
  endif()
  cmake_path(GET database FILENAME name)
  string(REGEX REPLACE "[^A-Za-z0-9_.+-]" "_" name "${name}")
  add_custom_target(${ARG_TARGET}_${name} DEPENDS ${database})
  add_dependencies(${ARG_TARGET} ${ARG_TARGET}_${name})
  if(ARG_EMBED)
    hone_embed(${ARG_TARGET} ${database} ${ARG_EMBED})
  endif()
endfunction()

# A file as read-only data of a target, under a symbol that its other sources reach by a header.
function(hone_embed target file symbol)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  set(source ${folder}/${symbol}.cpp)
  if(C IN_LIST languages)
    set(source ${folder}/${symbol}.c)
  endif()
  string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" path "${file}")    # in the assembler's string …
  string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" path "${path}")    # … in C's
  file(CONFIGURE OUTPUT ${folder}/${symbol}.h @ONLY CONTENT "/* Made by hone_kernels(): @file@ in this program. */
#pragma once
#include <stddef.h>
#ifdef __cplusplus
extern \"C\" {
#endif
extern const unsigned char @symbol@[];
extern const size_t @symbol@_size;
#ifdef __cplusplus
}
#endif
")
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT "/* Made by hone_kernels(). */
#include \"@symbol@.h\"
#if __SIZEOF_SIZE_T__ == 8
#define SIZE \".quad \"
#else
#define SIZE \".long \"
#endif
__asm__(
    \".section .rodata\\n\"
    \".global @symbol@, @symbol@_size\\n\"
    \".hidden @symbol@, @symbol@_size\\n\"
    \".balign 16\\n\"
    \"@symbol@: .incbin \\\"@path@\\\"\\n\"
    \"1: .balign 8\\n\"
    \"@symbol@_size: \" SIZE \"1b - @symbol@\\n\"
    \".text\\n\");
")
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file} SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${source})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()

function(hone_kernels_check)
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "hone_kernels: unknown argument '${ARG_UNPARSED_ARGUMENTS}'")
  endif()
  foreach(argument TARGET KERNELS DATABASE)
    if(NOT ARG_${argument})
      message(FATAL_ERROR "hone_kernels: ${argument} is missing: hone_kernels(TARGET app KERNELS dir... DATABASE file)")
    endif()
  endforeach()
  if(ARG_EMBED AND NOT ARG_EMBED MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "hone_kernels: EMBED '${ARG_EMBED}' is no name that C takes")
  endif()
  if(NOT TARGET hone::hone)
    message(FATAL_ERROR "hone_kernels: this hone was installed without its program; install the component 'tools' too")
  endif()
endfunction()

cmake_policy(POP)
