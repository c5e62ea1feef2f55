/**
 * Results as bytes, read back equal or not stored.
 *
 * <p>Read {@link dev.memo.codec.value.ResultFormat} first. A value may contain the classes that its
 * declared type names and no others; bytes hold indexes into that closed set, never names of
 * classes to load. Only this package knows Kryo.
 */
@NullMarked
package dev.memo.codec.value;

import org.jspecify.annotations.NullMarked;
