package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.store.FaultyStore;
import dev.memo.store.HeapStore;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;

/** A primary over a store of the heap that fails by script, and what its tests say of it. */
abstract class PrimaryRules {
  static final long FUNCTION = 7;
  static final CallKey KEY = CallKey.of(FUNCTION, "args".getBytes(UTF_8));
  static final CallKey OTHER = CallKey.of(FUNCTION, "arks".getBytes(UTF_8));
  static final int V = 1;
  static final String DAMAGED = "damaged";

  final FaultyStore store = new FaultyStore(new HeapStore());
  final Path path;
  final ControlPage page;
  LocalPrimary primary;

  PrimaryRules(Path folder) {
    path = folder;
    page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    primary = primary(Outdating.STARTED_BEFORE);
  }

  LocalPrimary primary(Outdating outdating) {
    return new LocalPrimary(
        path, store, page, stored -> !text(stored).equals(DAMAGED), outdating, Grace.none());
  }

  @BeforeEach
  void nothingIsRaisedYet() {
    assertThat(page.stripe(KEY.stripe())).isZero();
  }

  Answer claim(CallKey key) {
    return primary.claim(key, V, 0, Chain.root());
  }

  PutAnswer put(Claim claim, String value) {
    return primary.put(KEY, V, claim, bytes(value), 0);
  }

  long stored(String value) {
    return kept(put(granted(claim(KEY)), value));
  }

  static long kept(PutAnswer answer) {
    assertThat(answer).isInstanceOf(PutAnswer.Kept.class);
    return ((PutAnswer.Kept) answer).sequence();
  }

  static Claim granted(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Granted.class);
    return ((Answer.Granted) answer).claim();
  }

  static Answer.Wait waiting(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Wait.class);
    return (Answer.Wait) answer;
  }

  static Answer.Hit hit(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Hit.class);
    return (Answer.Hit) answer;
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static String text(Stored stored) {
    byte[] bytes = stored.bytes();
    return new String(bytes, Stored.ENTRY_OFFSET, bytes.length - Stored.ENTRY_OFFSET, UTF_8);
  }
}
