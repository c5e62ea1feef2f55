/**
 * The stores that a user would choose between, each set up as its makers advise, behind one
 * interface: strings under keys of 16 bytes. Beside them RocksDB as memo sets it up, and nothing.
 */
@NullMarked
package dev.memo.benchmarks.stores;

import org.jspecify.annotations.NullMarked;
