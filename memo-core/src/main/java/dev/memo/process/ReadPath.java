package dev.memo.process;

/** How a process that does not lead reads entries. Either is exact. */
public enum ReadPath {
  /** Every look-up is a question to the primary. Needs no memory, files or native code. */
  SOCKET,
  /**
   * Look-ups are answered by a RocksDB secondary of the process where that is as good as asking,
   * which saves most questions.
   */
  SECONDARY
}
