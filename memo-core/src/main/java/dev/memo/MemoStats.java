package dev.memo;

import dev.memo.call.FunctionStats;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

/**
 * What the functions of one directory did in this process since it was opened.
 *
 * @param directory its real path
 * @param functions by the function's identity, in alphabetical order
 * @param heapEvictions values dropped from memory to make room; they stay on disk
 */
public record MemoStats(Path directory, Map<String, FunctionStats> functions, long heapEvictions) {

  public MemoStats {
    functions = Collections.unmodifiableMap(functions);
  }

  /** All functions together. */
  public FunctionStats total() {
    return functions.values().stream().reduce(FunctionStats.NONE, FunctionStats::plus);
  }
}
