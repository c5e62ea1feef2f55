package dev.memo.store;

import java.nio.charset.StandardCharsets;

/**
 * The column families of a directory. All of them are made with it: a reader that has the database
 * open would never follow it over the creation of another.
 */
public enum Family {
  /** Entries and tombstones. */
  ENTRIES("default"),
  /** What the directory knows of itself: its id, sequences, functions and their generations. */
  META("meta"),
  /** The content of maps. */
  MAPS("maps");

  private final String columnName;

  Family(String columnName) {
    this.columnName = columnName;
  }

  byte[] columnName() {
    return columnName.getBytes(StandardCharsets.UTF_8);
  }
}
