# hone_kernels(TARGET app KERNELS dir... DATABASE file [TUNED text-export...] [OPTIONS option...])
#
# The database of kernels that `app` loads, built before it, and again when a manifest, a shader or what it includes changes.
# Call it in the folder that makes `app`. Relative paths: KERNELS and TUNED from the source folder, DATABASE from the binary
# folder.
#
#   TUNED    files of `hone export`: the database is packed, with the best variant of each problem on each device and the default
#            ones. Without: every legal variant, for an application that tunes where it runs.
#   OPTIONS  for `hone compile`: --problem m=512,n=512,k=512, --include dir …
cmake_policy(PUSH)
cmake_policy(VERSION 3.20...3.25)  # dependency files are read relative to the binary folder (CMP0116)

function(hone_kernels)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "TARGET;DATABASE" "KERNELS;TUNED;OPTIONS")
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
  add_custom_target(${ARG_TARGET}_${name} DEPENDS ${database})
  add_dependencies(${ARG_TARGET} ${ARG_TARGET}_${name})
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
  if(NOT TARGET hone::hone)
    message(FATAL_ERROR "hone_kernels: this hone was installed without its program; install the component 'tools' too")
  endif()
endfunction()

cmake_policy(POP)
