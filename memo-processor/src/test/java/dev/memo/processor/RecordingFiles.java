package dev.memo.processor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;

/**
 * Files of a compilation, with notes of what is written, and of what is read or written besides.
 */
final class RecordingFiles extends ForwardingJavaFileManager<StandardJavaFileManager> {
  private final SortedSet<String> classes = new TreeSet<>();
  private final SortedSet<String> sources = new TreeSet<>();
  private final List<String> resources = new ArrayList<>();

  RecordingFiles(StandardJavaFileManager files) {
    super(files);
  }

  /** Names of the classes that were written. */
  SortedSet<String> classes() {
    return classes;
  }

  /** Names of the sources that were written. */
  SortedSet<String> sources() {
    return sources;
  }

  /** What is no class and no source, read or written; none of Gradle's business. */
  List<String> resources() {
    return resources;
  }

  @Override
  public JavaFileObject getJavaFileForOutput(
      JavaFileManager.Location location,
      String className,
      JavaFileObject.Kind kind,
      FileObject sibling)
      throws IOException {
    (kind == JavaFileObject.Kind.SOURCE ? sources : classes).add(className);
    return super.getJavaFileForOutput(location, className, kind, sibling);
  }

  @Override
  public FileObject getFileForOutput(
      JavaFileManager.Location location, String packageName, String name, FileObject sibling)
      throws IOException {
    resources.add("writes " + name);
    return super.getFileForOutput(location, packageName, name, sibling);
  }

  @Override
  public FileObject getFileForInput(
      JavaFileManager.Location location, String packageName, String name) throws IOException {
    resources.add("reads " + name);
    return super.getFileForInput(location, packageName, name);
  }
}
