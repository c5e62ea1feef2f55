package dev.memo.process;

import dev.memo.failure.DirectoryException;
import dev.memo.failure.ForeignDirectoryException;
import dev.memo.failure.NewerLayoutException;
import dev.memo.failure.OlderLayoutException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file that says that a folder is a directory of memo, and of which layout. */
final class FormatFile {
  /** The layout that this version writes, and the only one that it reads. */
  static final int LAYOUT = 1;

  private static final Pattern CONTENT = Pattern.compile("memo directory, layout (\\d{1,9})\n");
  private static final String LINE = "memo directory, layout " + LAYOUT;
  private static final int MAX_BYTES = 64;
  private static final String UNFINISHED = "FORMAT.new-";

  private FormatFile() {}

  /** Throws unless the directory is of our layout. Changes nothing. */
  static void check(Layout layout) {
    Matcher content = CONTENT.matcher(read(layout.format()));
    if (!content.matches()) {
      throw new ForeignDirectoryException(
          layout.root()
              + " is no directory of memo: its FORMAT was written by something else"
              + remedy(layout));
    }
    int found = Integer.parseInt(content.group(1));
    if (found > LAYOUT) {
      throw new NewerLayoutException(
          described(layout, found) + ": use the newer version of memo that wrote it");
    }
    if (found < LAYOUT) {
      throw new OlderLayoutException(
          described(layout, found) + ": use the older version of memo, or another directory");
    }
  }

  /** What to do with a directory that has all but its FORMAT; empty for others. */
  static String remedy(Layout layout) {
    return Files.exists(layout.data().resolve("CURRENT")) && Files.exists(layout.ownerLock())
        ? ". It has a database: if its FORMAT was lost or damaged, write the line \""
            + LINE
            + "\" into it"
        : "";
  }

  private static String described(Layout layout, int found) {
    return layout.root() + " has layout " + found + ", this version of memo reads " + LAYOUT;
  }

  private static String read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
        return "";
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw Refusals.because("read", file, e);
    }
  }

  /** Makes the folder a directory. Two processes may do so at once: both write the same. */
  static void write(Layout layout) throws DirectoryException {
    Path unfinished = layout.root().resolve(UNFINISHED + UUID.randomUUID());
    try {
      // forced, whatever the durability: without its FORMAT a directory is not recognised
      try (FileChannel file =
          FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        file.write(StandardCharsets.US_ASCII.encode(LINE + "\n"));
        file.force(true);
      }
      Files.move(unfinished, layout.format(), StandardCopyOption.ATOMIC_MOVE);
      Layout.forceNames(layout.root());
      Path parent = layout.root().getParent();
      if (parent != null && Files.isReadable(parent)) {
        Layout.forceNames(parent);
      }
    } catch (IOException e) {
      throw Refusals.because("write", layout.format(), e);
    }
  }

  /** Whether this is what {@link #write} leaves when it is killed. */
  static boolean isUnfinished(Path file) {
    return file.getFileName().toString().startsWith(UNFINISHED);
  }
}
