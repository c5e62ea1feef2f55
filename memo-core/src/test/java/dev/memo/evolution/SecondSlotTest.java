package dev.memo.evolution;

import static dev.memo.evolution.Program.NOTHING;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Binding;
import dev.memo.Memo;
import dev.memo.call.DelegatingPrimary;
import dev.memo.call.StoredFunction;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Primary;
import dev.memo.claims.Stored;
import dev.memo.codec.ForgedEntries;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import dev.memo.store.Batch;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a program's own slot beside the entry of another program. The old program has
 * stored three results; the new one cannot read the result of 1, and has stored its own beside it.
 */
class SecondSlotTest {
  private static final String BEGIN =
      "sealed interface V permits X, Y {} record Y(int y) implements V {}"
          + " static V f(int n) { return n == 1 ? x(n) : new Y(n); } ";

  private static final Change CHANGE =
      Change.of("components of a subtype are swapped")
          .program(
              BEGIN
                  + "record X(int a, int b) implements V {}"
                  + " static V x(int n) { return new X(n, 7); }")
          .program(
              BEGIN
                  + "record X(int b, int a) implements V {}"
                  + " static V x(int n) { return new X(7, n); }");

  @TempDir static Path classes;
  @TempDir Path folder;
  private static Program oldProgram;
  private static Program newProgram;
  private Path path;

  @BeforeAll
  static void compile() throws Exception {
    CompiledChanges compiled = new CompiledChanges(List.of(CHANGE), classes);
    compiled.compile();
    oldProgram = compiled.load(CHANGE, 0);
    newProgram = compiled.load(CHANGE, 1);
  }

  @BeforeEach
  void run() throws Exception {
    path = folder.resolve("slots.memo");
    assertThat(turns(oldProgram, newProgram, oldProgram, newProgram))
        .containsExactly("3 ABSENT", "1 SHAPES", NOTHING, NOTHING);
  }

  /** Opens the directory, lets the programs take their turns, and closes it. */
  private List<String> turns(Program... programs) throws Exception {
    Binding binding = Memo.bind(Program.DIRECTORY, path);
    try {
      List<String> computed = new ArrayList<>();
      for (Program program : programs) {
        computed.add(program.takeTurn());
      }
      return computed;
    } finally {
      binding.close();
    }
  }

  /** Changes the entry of the call with 1 in a slot. */
  private void change(int variant, UnaryOperator<byte[]> change) {
    try (RocksStore store = RocksStore.open(path.resolve("data"), Durability.PROCESS_CRASH)) {
      byte[] entry = requireNonNull(store.get(Family.ENTRIES, entryKey(variant)));
      store.write(new Batch().put(Family.ENTRIES, entryKey(variant), change.apply(entry)));
    }
  }

  private static byte[] entryKey(int variant) {
    return newProgram.callKey(1).entryKey(0, variant);
  }

  private static int first() {
    return newProgram.format().variant();
  }

  private static int second() {
    return newProgram.format().secondVariant();
  }

  private static byte[] damaged(byte[] entry) {
    entry[entry.length - 1] ^= 1;
    return entry;
  }

  private static byte[] undecodable(byte[] entry) {
    byte[] longer = Arrays.copyOf(entry, entry.length + 1);
    ForgedEntries.sign(longer, Stored.ENTRY_OFFSET);
    return longer;
  }

  private byte[] firstEntry() {
    try (RocksStore store = RocksStore.open(path.resolve("data"), Durability.PROCESS_CRASH)) {
      return requireNonNull(store.get(Family.ENTRIES, entryKey(first())));
    }
  }

  @Test
  @DisplayName("P2: a damaged one is a miss and is replaced; the other program sees nothing of it")
  void damagedSecondSlotIsReplaced() throws Exception {
    change(second(), SecondSlotTest::damaged);
    assertThat(turns(newProgram, oldProgram, newProgram))
        .containsExactly("1 DAMAGED", NOTHING, NOTHING);
  }

  @Test
  @DisplayName("P2: one that cannot be decoded is a miss and is replaced: there is no third slot")
  void undecodableSecondSlotIsReplaced() throws Exception {
    change(second(), SecondSlotTest::undecodable);
    assertThat(turns(newProgram, oldProgram, newProgram))
        .containsExactly("1 UNDECODABLE", NOTHING, NOTHING);
  }

  @Test
  @DisplayName("P2: one of other shapes, whoever put it there, is a miss and is replaced")
  void secondSlotOfOtherShapesIsReplaced() throws Exception {
    byte[] ofTheOldProgram = firstEntry();
    change(second(), entry -> ofTheOldProgram);
    assertThat(turns(newProgram, oldProgram, newProgram))
        .containsExactly("1 SHAPES", NOTHING, NOTHING);
  }

  @Test
  @DisplayName(
      "P2: damage in the first slot is repaired by its own program; the other one still hits")
  void damagedFirstSlotIsReplacedByItsProgram() throws Exception {
    change(first(), SecondSlotTest::damaged);
    assertThat(turns(oldProgram, newProgram, oldProgram))
        .containsExactly("1 DAMAGED", NOTHING, NOTHING);
  }

  @Test
  @DisplayName(
      "P2: whoever repairs the first slot owns it; the other program moves beside it, once")
  void damagedFirstSlotBelongsToWhoFindsIt() throws Exception {
    change(first(), SecondSlotTest::damaged);
    assertThat(turns(newProgram, oldProgram, newProgram, oldProgram))
        .containsExactly("1 DAMAGED", "1 SHAPES", NOTHING, NOTHING);
  }

  @Test
  @DisplayName("P2: a first slot that nobody can decode costs its program one computation")
  void undecodableFirstSlotIsLeftAlone() throws Exception {
    change(first(), SecondSlotTest::undecodable);
    assertThat(turns(newProgram, oldProgram, newProgram, oldProgram))
        .containsExactly(NOTHING, "1 UNDECODABLE", NOTHING, NOTHING);
  }

  @Test
  @DisplayName("P6: what one program invalidates is gone for all")
  void invalidationRemovesBothSlots() throws Exception {
    Binding binding = Memo.bind(Program.DIRECTORY, path);
    oldProgram.cached().invalidate(1);
    binding.close();
    assertThat(turns(newProgram, oldProgram)).containsExactly("1 ABSENT", "1 SHAPES");
  }

  @Test
  @DisplayName("P6: what one program puts replaces the values of all")
  void putRemovesBothSlots() throws Exception {
    Binding binding = Memo.bind(Program.DIRECTORY, path);
    newProgram.cached().put(1, newProgram.run(1));
    binding.close();
    assertThat(turns(newProgram, oldProgram)).containsExactly(NOTHING, "1 SHAPES");
  }

  @Test
  @DisplayName("P1: a result that finds another program's in its slot goes beside it")
  void resultThatComesSecondGoesBeside() throws Exception {
    OpenDirectory directory =
        OpenDirectory.open(folder.resolve("other.memo"), DirectorySettings.DEFAULT);
    try {
      Primary overtaken =
          new DelegatingPrimary(directory.primary()) {
            @Override
            public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
              callAll(oldProgram.cachedBy(directory.primary()));
              return new Answer.ComputeAnyway();
            }
          };
      assertThat(newProgram.cachedBy(overtaken).call(1)).isEqualTo(newProgram.run(1));
      assertThat(newProgram.takeTurn(directory.primary())).isEqualTo(NOTHING);
    } finally {
      directory.close();
    }
  }

  private static void callAll(StoredFunction<Object, @Nullable Object, Exception> cached) {
    try {
      oldProgram.callTwice(cached);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
