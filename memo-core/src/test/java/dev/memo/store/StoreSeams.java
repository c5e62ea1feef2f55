package dev.memo.store;

/** Lets tests of other packages break what databases promise that this JVM opens from now on. */
public final class StoreSeams {

  private StoreSeams() {}

  /** A killed process loses what was not flushed. */
  public static void loseWhatIsNotFlushed() {
    Seams.ofThisJvm = Seams.ofThisJvm.withoutLog();
  }

  /** Damaged blocks are read as if nothing had happened. */
  public static void trustDamagedBlocks() {
    Seams.ofThisJvm = Seams.ofThisJvm.withoutChecksums();
  }

  /** So much is kept in memory before it is written out. */
  public static void writeOutEvery(long bytes) {
    Seams.ofThisJvm = Seams.ofThisJvm.withWriteBuffer(bytes);
  }

  /** As it should be. */
  public static void restore() {
    Seams.ofThisJvm = Seams.NONE;
  }
}
