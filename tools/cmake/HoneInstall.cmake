# What `cmake --install` installs, by component:
#   runtime   hone::runtime, hone::runtime_shared (C) and hone::db, their public headers, and what find_package(hone) and pkg-config read
#   tools     the hone program, as hone::hone, with which hone_kernels() makes databases
#   kernels   the kernel library, as data, and share/hone/tuned.db: what kernels/tuned/*.txt say of them, ready to load
include(CMakePackageConfigHelpers)

# hone_header_closure(OUT header...): these headers and all of ours that they include, as paths from the repository root.
function(hone_header_closure out)
  set(queue ${ARGN})
  set(seen "")
  while(queue)
    list(POP_FRONT queue header)
    if(header IN_LIST seen OR NOT EXISTS ${PROJECT_SOURCE_DIR}/${header})
      continue()
    endif()
    list(APPEND seen ${header})
    file(STRINGS ${PROJECT_SOURCE_DIR}/${header} lines REGEX "^#include \"")
    list(TRANSFORM lines REPLACE "^#include \"([^\"]*)\".*" "\\1")
    list(APPEND queue ${lines})
  endwhile()
  set(${out} ${seen} PARENT_SCOPE)
endfunction()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hone)
install(TARGETS hone_db hone_runtime EXPORT honeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime)
if(TARGET hone_runtime_shared)
  install(TARGETS hone_runtime_shared EXPORT honeTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime)
endif()
install(EXPORT honeTargets NAMESPACE hone:: DESTINATION ${package_dir} COMPONENT runtime)
hone_header_closure(headers runtime/library.h runtime/adaptive.h runtime/context.h runtime/hone.h db/store.h)
foreach(header IN LISTS headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/hone/${folder} COMPONENT runtime)
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/honeConfig.cmake.in ${PROJECT_BINARY_DIR}/honeConfig.cmake
                              INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/honeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/honeConfig.cmake ${PROJECT_BINARY_DIR}/honeConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/HoneRuntimeDependencies.cmake ${CMAKE_CURRENT_LIST_DIR}/HoneKernels.cmake
        DESTINATION ${package_dir} COMPONENT runtime)
configure_file(${CMAKE_CURRENT_LIST_DIR}/hone.pc.in ${PROJECT_BINARY_DIR}/hone.pc @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/hone-c.pc.in ${PROJECT_BINARY_DIR}/hone-c.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/hone.pc ${PROJECT_BINARY_DIR}/hone-c.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT runtime)
if(hone_prefix AND EXISTS ${hone_prefix}/lib/libmuparser.a)  # built by tools/setup: an application has no other way to it
  install(FILES ${hone_prefix}/lib/libmuparser.a DESTINATION ${package_dir} COMPONENT runtime)
endif()

install(TARGETS hone EXPORT honeTools RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
install(EXPORT honeTools NAMESPACE hone:: DESTINATION ${package_dir} COMPONENT tools)
install(DIRECTORY kernels DESTINATION ${CMAKE_INSTALL_DATADIR}/hone COMPONENT kernels)
include(HoneTunedDatabase)
