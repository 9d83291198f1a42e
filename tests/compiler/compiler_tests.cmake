# The command-line tools that the library test runs beside the compiler; tests that need a missing one skip.
find_program(HONE_GLSLC glslc NO_CACHE)
target_compile_definitions(compiler_tests PRIVATE HONE_GLSLC="${HONE_GLSLC}" HONE_SPIRV_VAL="${HONE_SPIRV_VAL}")
