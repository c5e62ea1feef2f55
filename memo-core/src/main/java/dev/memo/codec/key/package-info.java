/**
 * Arguments as canonical bytes: equal arguments give equal bytes in every JVM, different ones
 * different bytes.
 *
 * <p>Read {@link dev.memo.codec.key.ArgumentsFormat} first; {@link dev.memo.codec.key.KeyTag} is
 * the specification of the bytes; {@link dev.memo.codec.key.ReceiverFormat} says what of the object
 * counts that a method is called on. What has no canonical form is refused, with the path to it;
 * nothing falls back to {@code toString}, {@code hashCode} or a serializer.
 */
@NullMarked
package dev.memo.codec.key;

import org.jspecify.annotations.NullMarked;
