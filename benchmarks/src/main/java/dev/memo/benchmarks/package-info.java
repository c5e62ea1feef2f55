/**
 * memo beside its peers, measured in one run. {@link dev.memo.benchmarks.CodecTable} prints the
 * time for keys and values beside plain Kryo.
 */
@NullMarked
package dev.memo.benchmarks;

import org.jspecify.annotations.NullMarked;
