/*
 * Debug information that was made with intent, for two functions, in DWARF 4:
 *
 *    by_siblings    100 blocks in one another; each says that its sibling is the first in it, so
 * that whoever believes it visits the innermost 2^100 times by_ranges      20,000 functions that
 * share one list of 20,000 ranges
 */
void by_siblings(void);
void by_ranges(void);

void by_siblings(void)
{
    __asm__ volatile("nop\nnop");
}

void by_ranges(void)
{
    __asm__ volatile("nop\nnop\nnop");
}

__asm__(".section .debug_abbrev,\"\",%progbits\n"
        ".Labbreviations:\n"
        /* A unit, with entries in it: DW_AT_low_pc addr, DW_AT_high_pc data8. */
        ".uleb128 1, 0x11\n.byte 1\n.uleb128 0x11, 0x01, 0x12, 0x07, 0, 0\n"
        /* A block, with entries in it: DW_AT_sibling ref4. */
        ".uleb128 2, 0x0b\n.byte 1\n.uleb128 0x01, 0x13, 0, 0\n"
        /* A function: DW_AT_ranges sec_offset. */
        ".uleb128 3, 0x2e\n.byte 0\n.uleb128 0x55, 0x17, 0, 0\n"
        ".byte 0\n"

        ".section .debug_info,\"\",%progbits\n"
        ".Lsiblings:\n.long .Lsiblings_end - .Lsiblings - 4\n"
        ".short 4\n.long .Labbreviations\n.byte 8\n"
        ".uleb128 1\n.8byte by_siblings\n.8byte 1\n"
        ".rept 100\n.uleb128 2\n.long . - .Lsiblings + 4\n.endr\n"
        ".rept 101\n.byte 0\n.endr\n"
        ".Lsiblings_end:\n"
        ".Lranges:\n.long .Lranges_end - .Lranges - 4\n"
        ".short 4\n.long .Labbreviations\n.byte 8\n"
        ".uleb128 1\n.8byte by_ranges\n.8byte 1\n"
        ".rept 20000\n.uleb128 3\n.long .Llist\n.endr\n"
        ".byte 0\n"
        ".Lranges_end:\n"

        ".section .debug_ranges,\"\",%progbits\n"
        ".Llist:\n"
        ".rept 20000\n.8byte 0, 1\n.endr\n"
        ".8byte 0, 0\n"
        ".text\n");

int main(void)
{
    by_siblings();
    by_ranges();
    return 0;
}
