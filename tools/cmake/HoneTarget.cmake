# hone_library(NAME SOURCES files... [PUBLIC targets...] [PRIVATE targets...] [HEADERS targets...])
# One static library for one folder: target hone_NAME, alias hone::NAME, repository root as include root. HEADERS are libraries
# without a binary: seen while building, unknown to whoever links the installed package.
function(hone_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE;HEADERS" ${ARGN})
  foreach(target IN LISTS ARG_PUBLIC ARG_PRIVATE)
    if(target MATCHES "^hone::" AND NOT TARGET ${target})
      message(WARNING "hone::${name} needs ${target}, which has no sources yet")
      list(REMOVE_ITEM ARG_PUBLIC ${target})
      list(REMOVE_ITEM ARG_PRIVATE ${target})
    endif()
  endforeach()
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
endfunction()

# The warnings of the project, on one target.
function(hone_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Wno-restrict
                                           $<$<BOOL:${HONE_WERROR}>:-Werror>)
endfunction()
