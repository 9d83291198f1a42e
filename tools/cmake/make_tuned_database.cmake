# cmake -DHONE=… -DKERNELS=FOLDER -DOUT=FILE.db -P make_tuned_database.cmake
# The facts in FOLDER/tuned/*.txt and the SPIR-V of what they found best and of every kernel's default variant, packed. Where they
# say nothing of the kernels as they are now (no file, or the sources have changed since), the defaults alone, not packed.
set(work ${OUT}.work)
file(REMOVE ${OUT} ${work})
file(GLOB texts ${KERNELS}/tuned/*.txt)
if(texts)
  execute_process(COMMAND ${HONE} import ${texts} --db ${work} COMMAND_ERROR_IS_FATAL ANY)
endif()
execute_process(COMMAND ${HONE} compile ${KERNELS} -o ${work} --tuned COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${HONE} summary ${work} --json OUTPUT_VARIABLE results COMMAND_ERROR_IS_FATAL ANY)
string(JSON count LENGTH ${results})
if(count GREATER 0)
  execute_process(COMMAND ${HONE} pack ${work} -o ${OUT} COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE ${work})
else()
  message(STATUS "${KERNELS}/tuned has no results of these kernels: ${OUT} holds their default variants only")
  file(RENAME ${work} ${OUT})
endif()
