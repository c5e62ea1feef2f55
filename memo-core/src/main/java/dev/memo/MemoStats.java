package dev.memo;

import dev.memo.call.FunctionStats;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

/**
 * What the functions of one directory did in this process since it was opened, and what all
 * processes did in it.
 *
 * @param directory its real path
 * @param functions by the function's identity, in alphabetical order
 * @param heapEvictions values dropped from memory to make room; they stay on disk
 * @param shared what all processes did since the directory began, and how it is now
 */
public record MemoStats(
    Path directory,
    Map<String, FunctionStats> functions,
    long heapEvictions,
    DirectoryStats shared) {

  public MemoStats {
    functions = Collections.unmodifiableMap(functions);
  }

  /** All functions together, in this process. */
  public FunctionStats total() {
    return functions.values().stream().reduce(FunctionStats.NONE, FunctionStats::plus);
  }
}
