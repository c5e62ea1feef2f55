package dev.memo.call;

/**
 * Where the result of a call will be stored.
 *
 * @param rejected sequence of the entry there that this program cannot use and may replace; 0: none
 */
record Slot(int variant, long rejected) {}
