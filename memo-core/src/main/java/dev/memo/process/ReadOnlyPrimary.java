package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.process.reads.LocalReads;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the primary in a process that only reads the directory: it serves what can be read,
 * lets everybody compute the rest, and stores nothing. Thread-safe.
 */
final class ReadOnlyPrimary implements Primary, AutoCloseable {
  private final Path directory;
  private final Identities identities;
  private final OwnerWatch watch;
  private final LocalReads reads;
  private volatile boolean closed;

  /**
   * @param directory for messages
   */
  ReadOnlyPrimary(Path directory, Identities identities, OwnerWatch watch, LocalReads reads) {
    this.directory = directory;
    this.identities = identities;
    this.watch = watch;
    this.reads = reads;
  }

  /** The id of the directory, as far as it was ever known. */
  UUID directoryId() {
    UUID id = watch.directoryId();
    if (id == null) {
      throw new DirectoryUnavailableException(
          "the id of "
              + directory
              + " is not known: no process is known to have opened its database; open it once"
              + " without readOnly()");
    }
    return id;
  }

  @Override
  public void register(long functionId, String identity) {
    requireOpen();
    identities.register(functionId, identity);
  }

  @Override
  public @Nullable Stored readNearby(CallKey key, int variant) {
    return read(key, variant);
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    requireOpen();
    watch.awaitOwner();
    return reads.read(key, variant);
  }

  /** A computation costs more than to make sure that nobody has stored its result. */
  @Override
  public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
    Stored stored = read(key, variant);
    if (stored != null && stored.sequence() != rejected) {
      return new Answer.Hit(stored);
    }
    return reads.isBlind()
        ? new Answer.NoPrimary()
        : new Answer.Granted(begin(key, variant, chain));
  }

  @Override
  public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    requireOpen();
    return new PutAnswer.ReadOnly();
  }

  @Override
  public boolean isOutdated(CallKey key, long start) {
    requireOpen();
    Long last = reads.look(key.stripe(), store -> Meta.lastRemoval(store, key));
    return last == null || start < last;
  }

  @Override
  public void release(CallKey key, int variant, Claim claim) {}

  @Override
  public void abandon(CallKey key, int variant, Answer.Wait wait) {}

  @Override
  public void invalidate(CallKey key) {
    requireMutable("invalidate");
  }

  @Override
  public PutAnswer replace(CallKey key, int variant, byte[] entry, long start) {
    requireMutable("replace");
    throw new AssertionError("never mutable");
  }

  @Override
  public void invalidateAll(long functionId) {
    requireMutable("invalidateAll");
  }

  @Override
  public void requireMutable(String action) {
    requireOpen();
    throw new UnsupportedOperationException(
        action
            + " is not possible: this process has "
            + directory
            + " open with readOnly(). Open it without, or let another process do it.");
  }

  @Override
  public Epochs epochs() {
    return watch.epochs();
  }

  private void requireOpen() {
    if (closed) {
      throw new DirectoryClosedException(
          "the directory " + directory + " was closed before this use");
    }
  }

  /** Refuses later uses. */
  @Override
  public void close() {
    closed = true;
  }
}
