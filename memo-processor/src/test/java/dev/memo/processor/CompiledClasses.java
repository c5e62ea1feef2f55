package dev.memo.processor;

import com.google.testing.compile.Compilation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.tools.JavaFileObject;
import org.jspecify.annotations.Nullable;

/** Loads what a compilation made. Offers class files as resources, as memo reads bytecode there. */
final class CompiledClasses extends ClassLoader {
  private final SortedMap<String, byte[]> files = new TreeMap<>();

  CompiledClasses(Compilation compilation) throws IOException {
    super(CompiledClasses.class.getClassLoader());
    for (JavaFileObject file : compilation.generatedFiles()) {
      if (file.getKind() == JavaFileObject.Kind.CLASS) {
        String path = file.getName().replaceFirst("^/?CLASS_OUTPUT/", "");
        try (InputStream in = file.openInputStream()) {
          files.put(path.replace('/', '.').replaceFirst("\\.class$", ""), in.readAllBytes());
        }
      }
    }
  }

  Set<String> names() {
    return files.keySet();
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] file = files.get(name);
    if (file == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, file, 0, file.length);
  }

  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    byte[] file = files.get(name.replace('/', '.').replaceFirst("\\.class$", ""));
    return file == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(file);
  }
}
