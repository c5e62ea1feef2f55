/**
 * What memo costs, measured in one run. {@link dev.memo.benchmarks.CodecTable} prints what keys and
 * values cost beside Kryo, {@link dev.memo.benchmarks.StoreTable} a hit beside other stores, {@link
 * dev.memo.benchmarks.ProcessTable} what a directory costs that many processes share, {@link
 * dev.memo.benchmarks.ReadTable} what it costs to read one beside the process that leads it. What
 * batches cost is in {@link dev.memo.benchmarks.OverheadTable}, {@link
 * dev.memo.benchmarks.BatchTable} and {@link dev.memo.benchmarks.PlanTable}.
 */
@NullMarked
package dev.memo.benchmarks;

import org.jspecify.annotations.NullMarked;
