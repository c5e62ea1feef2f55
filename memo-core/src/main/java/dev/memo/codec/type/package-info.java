/**
 * What keys and values need to know of Java types: their shapes, the parts of records, and what the
 * compiler made of them.
 *
 * <p>{@link dev.memo.codec.type.Refusal} is not about types. It is here because keys and values
 * both refuse, do not see each other, and have this below them.
 *
 * <p>{@link dev.memo.codec.type.Shapes} and {@link dev.memo.codec.type.ShownClasses} are part of
 * the format: their texts are hashed into variants. Knows nothing else of memo.
 */
@NullMarked
package dev.memo.codec.type;

import org.jspecify.annotations.NullMarked;
