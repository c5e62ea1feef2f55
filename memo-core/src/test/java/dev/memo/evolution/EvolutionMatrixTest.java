package dev.memo.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Binding;
import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs that change while their directory stays: every call gets what its own program computes,
 * no program computes a call twice, and what a change does not touch is still found.
 */
@Tag("heavy")
class EvolutionMatrixTest {
  @TempDir static Path folder;
  private static CompiledChanges compiled;
  private static Binding binding;
  private static Memo concurrent; // kept open, because opening it takes longer than its tests

  @BeforeAll
  static void compile() throws IOException {
    compiled = new CompiledChanges(EvolvingPrograms.CHANGES, folder);
    compiled.compile();
    binding = Memo.bind(Program.DIRECTORY, folder.resolve("turns.memo"));
    concurrent = Memo.open(folder.resolve("concurrent.memo"));
  }

  @AfterAll
  static void close() {
    binding.close();
    concurrent.close();
  }

  static List<Change> changes() {
    return EvolvingPrograms.CHANGES;
  }

  @ParameterizedTest
  @MethodSource("changes")
  @DisplayName("P2: versions of a program in turn see no wrong value and compute none twice")
  void versionsTakeTurns(Change change) throws Exception {
    List<String> turns = new ArrayList<>();
    for (int turn = 0; turn < change.turns().size(); turn++) {
      turns.add(compiled.load(change, change.versionOf(turn)).takeTurn());
    }
    assertThat(turns).as(change.what()).isEqualTo(change.turns());
  }

  @Test
  @DisplayName("P2: the same in processes that open the directory one after the other")
  void versionsTakeTurnsInProcessesOfTheirOwn() {
    int most =
        EvolvingPrograms.CHANGES.stream().mapToInt(change -> change.turns().size()).max().orElse(0);
    int turns = "soak".equals(System.getProperty("memo.test.size")) ? most : Math.min(most, 2);
    for (int turn = 0; turn < turns; turn++) {
      try (ChildJvm child =
          ChildJvm.of(EvolvingPrograms.class, folder, folder.resolve("processes.memo"), turn)
              .shortLived()
              .start()) {
        child.awaitLine(EvolvingPrograms.BEGIN);
        assertThat(child.awaitEnd())
            .as("turn %d", turn)
            .containsExactlyElementsOf(EvolvingPrograms.expected(turn));
      }
    }
  }

  /** Those after which no version can read what another has stored, whichever came first. */
  static List<Change> changesOfParts() {
    return Stream.of(RecordChanges.nested(), HierarchyChanges.nested(), HierarchyChanges.shapes())
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("changesOfParts")
  @DisplayName("P1, P2: the same at the same time, in class loaders over one directory")
  void versionsRunAtTheSameTime(Change change) throws Exception {
    Binding other = Memo.bind(Program.DIRECTORY, concurrent.directory());
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      CyclicBarrier start = new CyclicBarrier(2 * change.versions().size());
      List<CachedFunction<Object, ?, Exception>> functions = new ArrayList<>();
      List<Callable<Void>> calls = new ArrayList<>();
      for (int version = 0; version < change.versions().size(); version++) {
        Program program = compiled.load(change, version);
        CachedFunction<Object, @Nullable Object, Exception> cached = program.cached();
        functions.add(cached);
        Callable<Void> call =
            () -> {
              start.await();
              program.callTwice(cached);
              return null;
            };
        calls.add(call);
        calls.add(call);
      }
      for (Future<?> ended : threads.invokeAll(calls, 30, TimeUnit.SECONDS)) {
        ended.get();
      }
      assertThat(functions.stream().mapToLong(cached -> cached.stats().computations()).sum())
          .as(change.what())
          .isEqualTo(change.computations());
    } finally {
      threads.shutdownNow();
      other.close();
    }
  }
}
