/**
 * What the processes of a directory say to each other, as bytes on a Unix domain socket.
 *
 * <p>{@link dev.memo.process.wire.Wire} is the specification; {@link dev.memo.process.wire.Message}
 * lists what can be said; {@link dev.memo.process.wire.Connection} carries it. No byte that is
 * received makes more than a bounded demand on memory, names a class, or does worse than to end its
 * connection.
 */
@NullMarked
package dev.memo.process.wire;

import org.jspecify.annotations.NullMarked;
