package dev.memo.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file of Markdown whose sections are written one by one: each replaces the one of its title. */
final class ResultsFile {
  private static final String SECTION = "## ";

  private final Path file;
  private final String head;
  private final List<String> order;

  /**
   * @param head what stands before the sections
   * @param order the titles that there may be; sections of others are dropped
   */
  ResultsFile(Path file, String head, List<String> order) {
    this.file = file;
    this.head = head;
    this.order = order;
  }

  /** Writes a section; the others stay as they are. */
  void put(String title, String text) throws IOException {
    Map<String, String> sections = read();
    sections.put(title, text);
    StringBuilder all = new StringBuilder(head);
    for (String each : order) {
      String section = sections.get(each);
      if (section != null) {
        all.append('\n').append(SECTION).append(each).append("\n\n");
        all.append(section.strip()).append('\n');
      }
    }
    Files.writeString(file, all);
  }

  private Map<String, String> read() throws IOException {
    Map<String, String> sections = new LinkedHashMap<>();
    String all = Files.exists(file) ? Files.readString(file) : "";
    int first = all.indexOf(SECTION);
    for (String section : (first < 0 ? "" : all.substring(first)).split("(?m)^" + SECTION, -1)) {
      if (!section.isBlank()) {
        int end = section.indexOf('\n');
        sections.put(section.substring(0, end), section.substring(end + 1));
      }
    }
    return sections;
  }
}
