package dev.memo.examples;

import dev.memo.Memo;
import dev.memo.examples.SimilarityCached.DistanceArgs;
import dev.memo.parallel.Parallel;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program of a worker: the whole job, in an order of its own, until it is done or the standard
 * input ends. It ends when the process that started the worker says so, or is gone.
 */
final class Worker {
  /** Begins the line in which a worker says how many pairs it has computed. */
  static final String COMPUTED = "similar-classes worker computed ";

  /** Begins the line in which it says why it gave up. */
  static final String FAILED = "similar-classes worker failed: ";

  private static final Logger MEMO_LOG = Logger.getLogger("dev.memo"); // else it may be collected

  private static volatile boolean told; // to end

  private Worker() {}

  /** Takes the number of the process, then what was typed on the command line. */
  public static void main(String[] args) {
    MEMO_LOG.setLevel(Level.WARNING); // process 1 says which directory is opened
    startWatching();
    int process = Integer.parseInt(args[0]);
    Options options = Options.parse(Arrays.copyOfRange(args, 1, args.length));
    // for as long as this process lives
    options.directory().ifPresent(path -> Memo.bind(SimilarClasses.DIRECTORY, path));
    try {
      List<DistanceArgs> pairs = SimilarClasses.pairs(ClassFile.ofThisRuntime(options.classes()));
      Parallel.forEach(Worker::computeUnlessTold, order(pairs, process), options.threads());
    } catch (IOException | RuntimeException e) {
      System.out.println(FAILED + e);
    }
    System.out.println(COMPUTED + SimilarityCached.DISTANCE.stats().computations());
  }

  private static void computeUnlessTold(DistanceArgs pair) throws IOException {
    if (!told) {
      // The result is stored, and wanted elsewhere.
      double unused = SimilarityCached.DISTANCE.call(pair);
    }
  }

  /**
   * The order in which a process goes through the pairs: each another one, else all would wait for
   * each other at every pair.
   */
  static List<DistanceArgs> order(List<DistanceArgs> pairs, int process) {
    List<DistanceArgs> order = new ArrayList<>(pairs);
    Collections.shuffle(order, new Random(process));
    return order;
  }

  private static void startWatching() {
    Thread thread =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // as good as its end
              }
              told = true;
            },
            "watches standard input");
    thread.setDaemon(true);
    thread.start();
  }
}
