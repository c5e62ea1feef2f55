package dev.memo.process.reads;

import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * What there is to read.
 *
 * @param data the folder of the database
 * @param own a folder of this process, for what RocksDB notes about each opening
 * @param ownerEpoch of the owner that is known to have opened the database: what a later one has
 *     done to it is not known
 * @param tables asks which {@linkplain dev.memo.store.Store#tables tables} the owner has; 0 if it
 *     does not say
 */
public record Source(Path data, Path own, OwnerPage page, long ownerEpoch, LongSupplier tables) {}
