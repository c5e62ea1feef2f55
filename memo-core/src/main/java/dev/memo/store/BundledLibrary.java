package dev.memo.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * The native library for this machine as it is bundled with RocksDB's classes.
 *
 * @param size in bytes
 * @param crc32 as the jar states it: known without unpacking 17 MB
 */
record BundledLibrary(URL resource, long size, long crc32) {

  static BundledLibrary find() throws IOException {
    String name = Environment.getJniLibraryFileName("rocksdb");
    URL resource = resource(name);
    if (resource == null) {
      String fallback = Environment.getFallbackJniLibraryFileName("rocksdb");
      resource = fallback == null ? null : resource(fallback);
    }
    if (resource == null) {
      throw new IOException("RocksDB bundles no " + name);
    }
    return of(resource);
  }

  private static @Nullable URL resource(String name) {
    return RocksDB.class.getResource("/" + name);
  }

  static BundledLibrary of(URL resource) throws IOException {
    URLConnection connection = resource.openConnection();
    if (connection instanceof JarURLConnection jar) {
      JarEntry entry = jar.getJarEntry();
      if (entry != null && entry.getSize() >= 0 && entry.getCrc() >= 0) {
        return new BundledLibrary(resource, entry.getSize(), entry.getCrc());
      }
    }
    try (CheckedInputStream in = new CheckedInputStream(connection.getInputStream(), new CRC32())) {
      long size = in.transferTo(OutputStream.nullOutputStream());
      return new BundledLibrary(resource, size, in.getChecksum().getValue());
    }
  }

  /** Names exactly these bytes. */
  String identity() {
    return HexFormat.of().toHexDigits((int) crc32) + "-" + size;
  }

  void copyTo(Path file) throws IOException {
    try (InputStream in = resource.openStream()) {
      Files.copy(in, file);
    }
  }

  /** Whether the file holds exactly these bytes. */
  boolean sameAs(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != size) {
      return false;
    }
    try (CheckedInputStream in = new CheckedInputStream(Files.newInputStream(file), new CRC32())) {
      in.transferTo(OutputStream.nullOutputStream());
      return in.getChecksum().getValue() == crc32;
    }
  }
}
