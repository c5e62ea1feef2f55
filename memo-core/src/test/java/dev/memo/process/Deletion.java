package dev.memo.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Deletes as {@code rm -rf} does, also what is not there any more. */
public final class Deletion extends SimpleFileVisitor<Path> {
  private Deletion() {}

  /** Until nothing of the folder is left; processes may be making files in it. */
  public static void of(Path folder) {
    Openings.await(
        folder + " is gone",
        () -> {
          try {
            Files.walkFileTree(folder, new Deletion());
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    Files.deleteIfExists(file);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
    Files.deleteIfExists(folder);
    return FileVisitResult.CONTINUE;
  }
}
