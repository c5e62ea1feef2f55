/**
 * Arguments and results as bytes: what users say of them, and what is stored.
 *
 * <p>{@link dev.memo.codec.Codec}, {@link dev.memo.codec.KeyEncoder} and {@link
 * dev.memo.codec.TypeRef} are for users; {@link dev.memo.codec.Entry} is what is stored. Calls
 * become keys in {@code codec.key}, results become values in {@code codec.value}; both stand on
 * {@code codec.type}. When goals collide, never a wrong value comes first, then bytes that stay
 * readable for years, then speed.
 */
@NullMarked
package dev.memo.codec;

import org.jspecify.annotations.NullMarked;
