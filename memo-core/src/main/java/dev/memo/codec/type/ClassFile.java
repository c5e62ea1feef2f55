package dev.memo.codec.type;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What the compiler made of a class. */
public final class ClassFile {
  private ClassFile() {}

  /** The bytes from which the class was loaded, or null if they are not to be had. */
  public static byte @Nullable [] of(Class<?> type) throws IOException {
    if (type.isHidden()) {
      return null;
    }
    String name = type.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = type.getResourceAsStream(file)) {
      return in == null ? null : in.readAllBytes();
    }
  }
}
