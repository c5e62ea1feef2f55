/**
 * What keys and values need to know of Java types: their shapes, the parts of records, and why
 * something of them cannot be encoded.
 *
 * <p>{@link dev.memo.codec.type.Shapes} and {@link dev.memo.codec.type.ShownClasses} are part of
 * the format: their texts are hashed into variants. Knows nothing else of memo.
 */
@NullMarked
package dev.memo.codec.type;

import org.jspecify.annotations.NullMarked;
