# The embedding tests, from the installed package. Included by tests/CMakeLists.txt.
add_executable(embed_database ${CMAKE_CURRENT_LIST_DIR}/make_database.cc)
target_link_libraries(embed_database PRIVATE hone::compiler hone::runtime hone::db)
foreach(name embed hone_kernels)
  add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DSOURCE=${PROJECT_SOURCE_DIR}
           -DMAKE_DATABASE=$<TARGET_FILE:embed_database> -DWORK=${CMAKE_CURRENT_BINARY_DIR}/${name}_work
           -DGENERATOR=${CMAKE_GENERATOR} -DBUILD_TYPE=${CMAKE_BUILD_TYPE} -DCXX_FLAGS=${CMAKE_CXX_FLAGS}
           -DLAUNCHER=${CCACHE_PROGRAM} -P ${CMAKE_CURRENT_LIST_DIR}/${name}_test.cmake)
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endforeach()

# hone_kernels() inside hone's own tree.
hone_kernels(TARGET embed_database KERNELS data/kernels/steps DATABASE steps.db)
