/* The bundled page as bytes of the program. */
        .section .rodata
        .global hone_report_page
        .global hone_report_page_end
hone_report_page:
        .incbin PAGE
hone_report_page_end:
        .byte 0
        .section .note.GNU-stack,"",%progbits
