/**
 * What memo costs. {@link dev.memo.benchmarks.Results} is where to start: it runs the tables and
 * writes them down. {@link dev.memo.benchmarks.CodecTable} prints what keys and values cost beside
 * Kryo, {@link dev.memo.benchmarks.StoreTable} hits and misses beside other stores, {@link
 * dev.memo.benchmarks.ScaleTable} what becomes of them as memo grows, {@link
 * dev.memo.benchmarks.ProcessTable} what a directory costs that many processes share, {@link
 * dev.memo.benchmarks.ReadTable} what it costs to read one beside the process that leads it. What
 * batches cost is in {@link dev.memo.benchmarks.OverheadTable}, {@link
 * dev.memo.benchmarks.BatchTable} and {@link dev.memo.benchmarks.PlanTable}; what choices in memo
 * rest on in {@link dev.memo.benchmarks.OptionsTable} and {@link
 * dev.memo.benchmarks.NotedReadsTable}.
 */
@NullMarked
package dev.memo.benchmarks;

import org.jspecify.annotations.NullMarked;
