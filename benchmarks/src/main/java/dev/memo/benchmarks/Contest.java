package dev.memo.benchmarks;

import org.openjdk.jmh.infra.Blackhole;

/** The same work done by several. */
interface Contest {

  /** Who does it. */
  enum Contestant {
    MEMO,
    KRYO,
    /** The serialization of the JDK. */
    JAVA;

    static Contestant ofTurn(int turn) {
      return values()[turn % values().length];
    }
  }

  /** Does nothing if the contestant cannot. */
  void run(Contestant contestant, Blackhole out);

  /** How many bytes the contestant stores; 0 if it cannot. */
  int bytes(Contestant contestant);
}
