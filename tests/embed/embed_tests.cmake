# The embedding test, where everything it needs is built. Included by tests/CMakeLists.txt.
if(TARGET hone_compiler AND TARGET hone_runtime)
  add_executable(embed_database ${CMAKE_CURRENT_LIST_DIR}/make_database.cc)
  target_link_libraries(embed_database PRIVATE hone::compiler hone::runtime hone::db)
  add_test(NAME embed COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DSOURCE=${PROJECT_SOURCE_DIR}
           -DMAKE_DATABASE=$<TARGET_FILE:embed_database> -DWORK=${CMAKE_CURRENT_BINARY_DIR}/embed_work
           -DGENERATOR=${CMAKE_GENERATOR} -DBUILD_TYPE=${CMAKE_BUILD_TYPE} -DCXX_FLAGS=${CMAKE_CXX_FLAGS}
           -DLAUNCHER=${CCACHE_PROGRAM} -P ${CMAKE_CURRENT_LIST_DIR}/embed_test.cmake)
  set_tests_properties(embed PROPERTIES TIMEOUT 600)
endif()
