package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.process.wire.Message;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What this process is in its directory, as long as it is. */
sealed interface Role {

  /** Who answers its calls. */
  Primary primary();

  /** The id of the directory's database. */
  UUID directoryId();

  /** Tells the primary of a computation that began before. */
  Claim announce(CallKey key, int variant, long start, Chain chain);

  /** Asks before a wait inside this process; null if it would close a cycle. */
  @Nullable Runnable reportWait(Chain waiter, Chain holder);

  /**
   * Tells the primary what this process counted.
   *
   * @param member the name of this process
   * @throws dev.memo.failure.StoreException if it is to be told again
   */
  void count(String member, Message.Counts counts);

  /** How the directory is. */
  DirectoryState state();

  /** It has the database open. */
  record Leading(LocalPrimary primary, UUID directoryId) implements Role {
    @Override
    public Claim announce(CallKey key, int variant, long start, Chain chain) {
      return primary.announce(key, variant, start, chain);
    }

    @Override
    public @Nullable Runnable reportWait(Chain waiter, Chain holder) {
      return () -> {}; // the graph of this JVM is the primary's
    }

    @Override
    public void count(String member, Message.Counts counts) {
      primary.counters().add(member, counts);
    }

    @Override
    public DirectoryState state() {
      return primary.state();
    }
  }

  /** It asks another process. */
  record Following(RemotePrimary primary) implements Role {
    @Override
    public UUID directoryId() {
      return primary.directoryId();
    }

    @Override
    public Claim announce(CallKey key, int variant, long start, Chain chain) {
      return primary.announce(key, variant, start, chain);
    }

    @Override
    public @Nullable Runnable reportWait(Chain waiter, Chain holder) {
      return primary.reportWait(waiter, holder);
    }

    @Override
    public void count(String member, Message.Counts counts) {
      primary.count(counts); // which knows the name
    }

    @Override
    public DirectoryState state() {
      return primary.state();
    }
  }
}
