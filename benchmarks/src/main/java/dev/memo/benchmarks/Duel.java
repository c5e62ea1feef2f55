package dev.memo.benchmarks;

import org.openjdk.jmh.infra.Blackhole;

/** The same work done by memo and by Kryo. */
interface Duel {
  void memo(Blackhole out);

  void kryo(Blackhole out);

  /** How many bytes memo stores. */
  int memoBytes();

  /** How many bytes Kryo writes. */
  int kryoBytes();
}
