/**
 * memo beside its peers, measured in one run. So far there is one, Kryo, and one table: {@link
 * dev.memo.benchmarks.CodecTable} prints what keys and values cost beside it.
 */
@NullMarked
package dev.memo.benchmarks;

import org.jspecify.annotations.NullMarked;
