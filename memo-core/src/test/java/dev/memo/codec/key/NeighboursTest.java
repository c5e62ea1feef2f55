package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.codec.key.ArgumentTree.RecordOf;
import dev.memo.codec.key.Neighbours.Change;
import dev.memo.codec.key.Neighbours.Neighbour;
import dev.memo.codec.key.SampleTypes.Three;
import dev.memo.codec.key.SpecifiedEncoding.Fault;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Equal arguments have equal bytes, and their nearest neighbours have others: for random arguments
 * of every type, built in many ways. Twins feed the same arguments to encodings that are wrong in
 * one way each, and all are found out.
 */
class NeighboursTest {
  private static final long SEED = 20260101;
  private static final int NEIGHBOURS_OF_EACH = 5;

  /** How many neighbours a wrong encoding is tried on at most. */
  private static final int ENOUGH = 100_000;

  private static final ArgumentsFormat<Three> THREE = ArgumentsFormat.ofComponents(Three.class);
  private static final ArgumentsFormat<Object> ONE = ArgumentsFormat.ofOne(Object.class);

  private final Random random = new Random(SEED);
  private final ArgumentTrees trees = new ArgumentTrees(random);
  private final Neighbours neighbours = new Neighbours(random, trees);

  private Object built(ArgumentTree tree) {
    return BuiltArguments.of(tree, random);
  }

  @Test
  @Tag("heavy")
  @DisplayName("P2: equal arguments have equal bytes, neighbours have different bytes")
  void bytesAreEqualForEqualArgumentsAndDifferForNeighbours() {
    int count = "soak".equals(System.getProperty("memo.test.size")) ? 10_000_000 : 50_000;
    Map<Change, Integer> seen = new EnumMap<>(Change.class);
    Set<Integer> tags = new HashSet<>();
    for (int i = 0; i < count; i += NEIGHBOURS_OF_EACH) {
      RecordOf arguments = trees.three();
      addTags(arguments, tags);
      byte[] bytes = requireAsSpecified(arguments);
      byte[] asParameters = THREE.encode((Three) built(arguments));
      requireEqual(arguments, bytes, ONE.encode(built(trees.respelled(arguments))));
      requireEqual(
          arguments, asParameters, THREE.encode((Three) built(trees.respelled(arguments))));
      for (int j = 0; j < NEIGHBOURS_OF_EACH; j++) {
        Neighbour neighbour = neighbours.of(arguments);
        seen.merge(neighbour.change(), 1, Integer::sum);
        requireDifferent(arguments, neighbour, bytes, requireAsSpecified(neighbour.tree()));
        requireDifferent(
            arguments, neighbour, asParameters, THREE.encode((Three) built(neighbour.tree())));
      }
    }
    assertThat(seen.keySet()).as("kinds of changes").containsOnly(Change.values());
    assertThat(tags).as("tags of leaves").containsAll(ArgumentTrees.LEAF_TAGS);
  }

  private static void addTags(ArgumentTree tree, Set<Integer> tags) {
    if (tree instanceof ArgumentTree.Leaf leaf) {
      tags.add(leaf.tag());
    }
    tree.children().forEach(child -> addTags(child, tags));
  }

  /** Encodes, and compares with the second encoder and with the reader that finds the end. */
  private byte[] requireAsSpecified(ArgumentTree tree) {
    byte[] bytes = ONE.encode(built(tree));
    requireEqual(tree, SpecifiedEncoding.of(tree), bytes);
    if (EncodedEnd.of(bytes, 0) != bytes.length) {
      throw new AssertionError("its bytes do not tell where it ends: " + tree + ", seed " + SEED);
    }
    return bytes;
  }

  private static void requireEqual(ArgumentTree tree, byte[] bytes, byte[] others) {
    if (!Arrays.equals(bytes, others)) {
      assertThat(HexFormat.of().formatHex(others))
          .as("%s, seed %s", tree, SEED)
          .isEqualTo(HexFormat.of().formatHex(bytes));
    }
  }

  private static void requireDifferent(
      ArgumentTree tree, Neighbour neighbour, byte[] bytes, byte[] others) {
    if (Arrays.equals(bytes, others)) {
      throw new AssertionError("same bytes: " + tree + " and " + neighbour + ", seed " + SEED);
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  @DisplayName("an encoding that is wrong in one way is found out")
  void wrongEncodingIsFoundOut(Fault fault) {
    Set<Fault> faults = EnumSet.of(fault);
    for (int i = 0; i < ENOUGH; i += NEIGHBOURS_OF_EACH) {
      RecordOf arguments = trees.three();
      byte[] bytes = SpecifiedEncoding.of(arguments, faults);
      boolean found =
          !Arrays.equals(bytes, SpecifiedEncoding.of(trees.respelled(arguments), faults));
      for (int j = 0; j < NEIGHBOURS_OF_EACH && !found; j++) {
        ArgumentTree neighbour = neighbours.of(arguments).tree();
        found = Arrays.equals(bytes, SpecifiedEncoding.of(neighbour, faults));
      }
      if (found) {
        return;
      }
    }
    throw new AssertionError(fault + " was not found out by " + ENOUGH + " neighbours");
  }
}
