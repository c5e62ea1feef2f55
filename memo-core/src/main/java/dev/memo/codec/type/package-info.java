/**
 * What keys and values need to know of Java types: their shapes, the parts of records, and why
 * something of them cannot be encoded.
 *
 * <p>{@link dev.memo.codec.type.Shapes} is part of the format: its texts are hashed into variants.
 */
@NullMarked
package dev.memo.codec.type;

import org.jspecify.annotations.NullMarked;
