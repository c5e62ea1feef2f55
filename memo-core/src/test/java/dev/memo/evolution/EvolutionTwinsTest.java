package dev.memo.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.DelegatingPrimary;
import dev.memo.call.StoredFunction;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.ForgedEntries;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps versions of a program apart, and what they get without it. */
@DisplayName("P2, twins: variants, shapes and second slots")
class EvolutionTwinsTest {
  private static final Change SWAPPED =
      Change.of("components of the result are swapped")
          .program("record V(int a, int b) {} static V f(int n) { return new V(n, 7); }")
          .program("record V(int b, int a) {} static V f(int n) { return new V(7, n); }");

  private static final Change RETYPED =
      Change.of("a type argument of the result changes")
          .program("static List<Integer> f(int n) { return List.of(n); }")
          .program("static List<Long> f(int n) { return List.of((long) n); }");

  private static final Change SUBTYPE =
      Change.of("components of a subtype are swapped, twice")
          .program(subtypes("record X(int a, int b) implements V {}", "new X(n, 7)"))
          .program(subtypes("record X(int b, int a) implements V {}", "new X(7, n)"))
          .program(subtypes("record X(int c, int b, int a) implements V {}", "new X(0, 7, n)"));

  @TempDir Path folder;
  private OpenDirectory directory;
  private CompiledChanges compiled;

  private static String subtypes(String x, String newX) {
    return "sealed interface V permits X, Y {} record Y(int y) implements V {} "
        + x
        + " static V f(int n) { return n == 1 ? "
        + newX
        + " : new Y(n); }";
  }

  @BeforeEach
  void open() throws Exception {
    compiled = new CompiledChanges(List.of(SWAPPED, RETYPED, SUBTYPE), folder);
    compiled.compile();
    directory = OpenDirectory.open(folder.resolve("twins.memo"), DirectorySettings.DEFAULT);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  /** Puts the entries of other variants where these are looked for. */
  private static Primary withVariants(Primary target, IntUnaryOperator variants) {
    return new DelegatingPrimary(target) {
      @Override
      public @Nullable Stored read(CallKey key, int variant) {
        return super.read(key, variants.applyAsInt(variant));
      }

      @Override
      public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
        return super.claim(key, variants.applyAsInt(variant), rejected, chain);
      }

      @Override
      public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
        return super.put(key, variants.applyAsInt(variant), claim, entry, rejected);
      }
    };
  }

  /** Claims of every class in an entry that its shape is that of the reading program. */
  private static Primary withoutShapes(Primary target, Program reader) {
    return new DelegatingPrimary(target) {
      @Override
      public @Nullable Stored read(CallKey key, int variant) {
        Stored stored = super.read(key, variant);
        return stored == null ? null : withShapes(stored, reader.shapes());
      }
    };
  }

  private static Stored withShapes(Stored stored, Map<Long, Long> shapes) {
    try {
      byte[] bytes = stored.bytes().clone();
      Entry entry = Entry.parse(bytes, Stored.ENTRY_OFFSET);
      long[] found = entry.shapes();
      ByteBuffer out =
          ByteBuffer.wrap(
              bytes, entry.valueOffset() - found.length * Long.BYTES, found.length * Long.BYTES);
      for (int i = 0; i < found.length; i += 2) {
        out.putLong(found[i]).putLong(shapes.getOrDefault(found[i], found[i + 1]));
      }
      ForgedEntries.sign(bytes, Stored.ENTRY_OFFSET);
      return new Stored(bytes);
    } catch (EntryRejectedException e) {
      throw new AssertionError(e);
    }
  }

  /** What the new program gets where the old one has stored its results. */
  private List<String> results(Change change, Primary oldPrimary, Primary newPrimary)
      throws Exception {
    compiled.load(change, 0).takeTurn(oldPrimary);
    Program program = compiled.load(change, 1);
    StoredFunction<Object, @Nullable Object, Exception> cached = program.cachedBy(newPrimary);
    List<String> results = new ArrayList<>();
    for (Object input : program.inputs()) {
      results.add(String.valueOf(cached.call(input)));
    }
    return results;
  }

  @Test
  void withoutShapesSwappedComponentsOfASubtypeGiveAWrongValue() throws Exception {
    Primary primary = directory.primary();
    Program reader = compiled.load(SUBTYPE, 1);
    assertThat(results(SUBTYPE, primary, withoutShapes(primary, reader)))
        .containsExactly("Y[y=0]", "X[b=1, a=7]", "Y[y=2]");
    assertThat(reader.run(1)).as("the right one").hasToString("X[b=7, a=1]");
  }

  @Test
  void withoutVariantsAndShapesSwappedComponentsGiveWrongValues() throws Exception {
    Primary primary = withVariants(directory.primary(), variant -> 0);
    Program reader = compiled.load(SWAPPED, 1);
    assertThat(results(SWAPPED, primary, withoutShapes(primary, reader)))
        .containsExactly("V[b=0, a=7]", "V[b=1, a=7]", "V[b=2, a=7]");
    assertThat(reader.run(1)).as("the right one").hasToString("V[b=7, a=1]");
  }

  @Test
  void withoutVariantsAListHasElementsOfAnotherType() throws Exception {
    Primary primary = withVariants(directory.primary(), variant -> 0);
    compiled.load(RETYPED, 0).takeTurn(primary);
    Object value = compiled.load(RETYPED, 1).cachedBy(primary).call(1);
    assertThat((List<?>) value).hasOnlyElementsOfType(Integer.class);
  }

  @Test
  void withoutASecondSlotProgramsReplaceEachOthersEntries() throws Exception {
    Primary primary = withVariants(directory.primary(), variant -> 0);
    List<String> turns = new ArrayList<>();
    for (int turn = 0; turn < 6; turn++) {
      turns.add(compiled.load(SUBTYPE, turn % 2).takeTurn(primary));
    }
    assertThat(turns)
        .containsExactly("3 ABSENT", "1 SHAPES", "1 SHAPES", "1 SHAPES", "1 SHAPES", "1 SHAPES");
  }

  @Test
  void withOneSecondSlotForAllTheThirdProgramReplacesTheEntriesOfTheSecond() throws Exception {
    int first = compiled.load(SUBTYPE, 0).format().variant();
    Primary primary =
        withVariants(directory.primary(), variant -> variant == first ? variant : ~first);
    List<String> turns = new ArrayList<>();
    for (int turn = 0; turn < 9; turn++) {
      turns.add(compiled.load(SUBTYPE, turn % 3).takeTurn(primary));
    }
    assertThat(turns)
        .containsExactly(
            "3 ABSENT",
            "1 SHAPES",
            "1 SHAPES", //
            "",
            "1 SHAPES",
            "1 SHAPES", //
            "",
            "1 SHAPES",
            "1 SHAPES");
  }

  @Test
  void withThemAllEachProgramComputesOnce() throws Exception {
    List<String> turns = new ArrayList<>();
    for (int turn = 0; turn < 9; turn++) {
      turns.add(compiled.load(SUBTYPE, turn % 3).takeTurn(directory.primary()));
    }
    assertThat(turns).containsExactly("3 ABSENT", "1 SHAPES", "1 SHAPES", "", "", "", "", "", "");
  }
}
