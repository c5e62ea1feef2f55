/**
 * Arguments and results as bytes.
 *
 * <p>Read {@link dev.memo.codec.ArgumentsFormat} (calls become keys), {@link
 * dev.memo.codec.ResultFormat} (results become values) and {@link dev.memo.codec.Entry} (what is
 * stored). Only this package knows Kryo. When goals collide, never a wrong value comes first, then
 * bytes that stay readable for years, then speed.
 */
@NullMarked
package dev.memo.codec;

import org.jspecify.annotations.NullMarked;
