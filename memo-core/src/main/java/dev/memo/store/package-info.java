/**
 * Bytes under keys, in RocksDB.
 *
 * <p>Read {@link dev.memo.store.Store} first. Only this package knows RocksDB: native code is
 * entered inside a borrow only, and every failure of it becomes a {@link
 * dev.memo.failure.StoreException}. Never crashing the JVM comes before speed.
 */
@NullMarked
package dev.memo.store;

import org.jspecify.annotations.NullMarked;
