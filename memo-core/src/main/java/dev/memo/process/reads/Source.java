package dev.memo.process.reads;

import dev.memo.store.Writer;
import java.nio.file.Path;

/**
 * What there is to read.
 *
 * @param data the folder of the database
 * @param own a folder of this process, for what RocksDB notes about each opening
 * @param ownerEpoch of the owner that is known to have opened the database: what a later one has
 *     done to it is not known
 * @param writer what the owner says of the database
 */
public record Source(Path data, Path own, OwnerPage page, long ownerEpoch, Writer writer) {}
