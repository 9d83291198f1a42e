# The database that the package installs, share/hone/tuned.db: what kernels/tuned/*.txt say, with SPIR-V. Nothing else in a build
# needs it, so it is made when the package is installed (target hone_tuned_database).
if(CMAKE_CROSSCOMPILING)
  return()  # hone does not run here
endif()
set(database ${PROJECT_BINARY_DIR}/tuned.db)
file(GLOB_RECURSE sources CONFIGURE_DEPENDS kernels/*.toml kernels/*.comp kernels/*.glsl kernels/tuned/*.txt)
add_custom_command(OUTPUT ${database} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DHONE=$<TARGET_FILE:hone> -DKERNELS=${PROJECT_SOURCE_DIR}/kernels -DOUT=${database}
            -P ${CMAKE_CURRENT_LIST_DIR}/make_tuned_database.cmake
    DEPENDS hone ${sources} ${CMAKE_CURRENT_LIST_DIR}/make_tuned_database.cmake)
add_custom_target(hone_tuned_database DEPENDS ${database})
install(CODE "execute_process(COMMAND \"${CMAKE_COMMAND}\" --build \"${PROJECT_BINARY_DIR}\" --target hone_tuned_database
                              COMMAND_ERROR_IS_FATAL ANY)" COMPONENT kernels)
install(FILES ${database} DESTINATION ${CMAKE_INSTALL_DATADIR}/hone COMPONENT kernels)
