# What `cmake --install` installs: the runtime and the database library with their headers, the package files that
# find_package(hone) and pkg-config read, the hone program, and the kernel library as data.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hone)
install(TARGETS hone_db hone_runtime EXPORT honeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT honeTargets NAMESPACE hone:: DESTINATION ${package_dir})
foreach(folder db runtime)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/hone FILES_MATCHING PATTERN "*.h")
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/honeConfig.cmake.in ${PROJECT_BINARY_DIR}/honeConfig.cmake
                              INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/honeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/honeConfig.cmake ${PROJECT_BINARY_DIR}/honeConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/HoneRuntimeDependencies.cmake DESTINATION ${package_dir})
configure_file(${CMAKE_CURRENT_LIST_DIR}/hone.pc.in ${PROJECT_BINARY_DIR}/hone.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/hone.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(hone_prefix AND EXISTS ${hone_prefix}/lib/libmuparser.a)  # built by tools/setup: an application has no other way to it
  install(FILES ${hone_prefix}/lib/libmuparser.a DESTINATION ${package_dir})
endif()
if(TARGET hone)
  install(TARGETS hone RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/kernels DESTINATION ${CMAKE_INSTALL_DATADIR}/hone)
