package dev.memo.process.reads;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.store.SecondaryStore;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a process reads entries without asking the primary: not at all ({@link #NONE}), or from a
 * RocksDB secondary: as far as that costs nobody time ({@link SecondaryReads}), or all that there
 * is, if nobody can be asked ({@link LatestReads}).
 *
 * <p><b>Threads</b>: {@link #read} and {@link #isBlind} are for any; the rest is for the one that
 * knows the owner. <b>Failure</b>: none ever reaches a reader that can ask somebody else.
 */
public interface LocalReads extends AutoCloseable {

  /** How the names of the folders begin that are made in {@link Source#own}. */
  String FOLDER = "view-";

  /** Everything is asked of the primary. */
  LocalReads NONE =
      new LocalReads() {
        @Override
        public @Nullable Stored read(CallKey key, int variant) {
          return null;
        }

        @Override
        public List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
          return Collections.nCopies(keys.size(), null);
        }

        @Override
        public void follow(Source source) {}

        @Override
        public void rest() {}

        @Override
        public void close() {}
      };

  /**
   * The entry that the primary would return, unless that changes at this moment; or null, which
   * proves nothing.
   */
  @Nullable Stored read(CallKey key, int variant);

  /**
   * As {@link #read}, for the first keys in their order, at least for one: not for all if that
   * would be too much at once.
   *
   * @param keys at least one
   */
  default List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
    return Collections.singletonList(read(keys.get(0), variant));
  }

  /**
   * What this finds in the database while that shows all that was acknowledged before; or null if
   * it does not, or cannot be read.
   *
   * @param stripe what is read must be of calls of this stripe, or move the directory's epoch
   * @param question may be asked several times; only the last answer counts
   */
  default <T> @Nullable T look(int stripe, Function<SecondaryStore, T> question) {
    return null;
  }

  /** Whether what is not found at the moment may be there for another reason than its novelty. */
  default boolean isBlind() {
    return false;
  }

  /** From now on there is something to read: an owner has opened the database, and serves. */
  void follow(Source source);

  /** From now on there is nothing to read. What is open is closed in the background. */
  void rest();

  /** To be called now and then: what nobody has used for long is closed in the background. */
  default void tidy() {}

  /** As {@link #rest}, for ever. Returns when nothing is open any more. */
  @Override
  void close();
}
