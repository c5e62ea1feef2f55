package dev.memo.processor;

import java.util.ArrayList;
import java.util.List;

/**
 * Breaks generated source into lines as google-java-format does, for the few constructs that occur
 * in wrappers. JavaPoet decides names and imports; its own line breaks are undone here.
 */
final class Layout {
  private static final int WIDTH = 100;
  private static final int CONTINUATION = 4;

  private Layout() {}

  static String of(String source) {
    List<String> out = new ArrayList<>();
    for (String line : joined(source.lines().toList())) {
      if (line.isBlank()) {
        out.add("");
      } else if (line.strip().startsWith("/** ")) {
        addJavadoc(out, indent(line), line.strip());
      } else {
        addCode(out, indent(line), line.strip());
      }
    }
    return String.join("\n", out) + "\n";
  }

  /** One line for each declaration, statement and Javadoc. */
  private static List<String> joined(List<String> lines) {
    List<String> joined = new ArrayList<>();
    for (String line : lines) {
      String last = joined.isEmpty() ? "" : joined.get(joined.size() - 1);
      if (continues(last, line.strip())) {
        joined.set(joined.size() - 1, last + glue(last, line.strip()) + line.strip());
      } else {
        joined.add(line);
      }
    }
    return joined;
  }

  private static boolean continues(String last, String line) {
    boolean inJavadoc = last.strip().startsWith("/**") && !last.endsWith("*/");
    return inJavadoc
        || last.endsWith("(")
        || last.endsWith(",")
        || last.endsWith(" throws")
        || line.startsWith("throws ")
        || (last.endsWith("{") && line.equals("}"));
  }

  private static String glue(String last, String line) {
    return last.endsWith("(") || line.equals("}") ? "" : " ";
  }

  private static void addJavadoc(List<String> out, int indent, String javadoc) {
    String text = javadoc.substring("/** ".length(), javadoc.length() - " */".length());
    text = text.startsWith("* ") ? text.substring(2) : text;
    String margin = " ".repeat(indent);
    String oneLine = margin + "/** " + text + " */";
    if (oneLine.length() <= WIDTH) {
      out.add(oneLine);
      return;
    }
    out.add(margin + "/**");
    StringBuilder line = new StringBuilder(margin).append(" *");
    for (String word : text.split(" ", -1)) {
      if (line.length() + 1 + word.length() > WIDTH) {
        out.add(line.toString());
        line = new StringBuilder(margin).append(" *");
      }
      line.append(' ').append(word);
    }
    out.add(line.toString());
    out.add(margin + " */");
  }

  private static void addCode(List<String> out, int indent, String code) {
    if (indent + code.length() <= WIDTH || !breakSomewhere(out, indent, code)) {
      out.add(" ".repeat(indent) + code);
    }
  }

  /** Tries the outermost break first; what it leaves is broken in turn. */
  private static boolean breakSomewhere(List<String> out, int indent, String code) {
    String declared = code.substring(0, Math.max(0, code.indexOf('(')));
    for (String operator : List.of(" =", " ->")) {
      int position = declared.indexOf(operator + " ");
      if (position > 0) {
        return breakAt(out, indent, code, position + operator.length());
      }
    }
    List<Integer> dots = positions(code, Layout::isChainedCall);
    if (!dots.isEmpty()) {
      return breakChain(out, indent, code, dots);
    }
    int clause = code.endsWith("{") ? code.lastIndexOf(") throws ") : -1;
    return clause > 0
        ? breakAt(out, indent, code, clause + 1)
        : breakArguments(out, indent, code, declared.length());
  }

  private static boolean breakAt(List<String> out, int indent, String code, int position) {
    addCode(out, indent, code.substring(0, position));
    addCode(out, indent + CONTINUATION, code.substring(position).strip());
    return true;
  }

  private static boolean breakChain(List<String> out, int indent, String code, List<Integer> dots) {
    addCode(out, indent, code.substring(0, dots.get(0)));
    for (int i = 0; i < dots.size(); i++) {
      int end = i + 1 < dots.size() ? dots.get(i + 1) : code.length();
      addCode(out, indent + CONTINUATION, code.substring(dots.get(i), end));
    }
    return true;
  }

  /** All on the next line if they fit, else each on a line of its own. */
  private static boolean breakArguments(
      List<String> out, int indent, String code, int parenthesis) {
    String rest = code.substring(parenthesis + 1);
    if (parenthesis == 0 || rest.startsWith(")")) {
      return false;
    }
    out.add(" ".repeat(indent) + code.substring(0, parenthesis + 1));
    int inner = indent + CONTINUATION;
    if (inner + rest.length() <= WIDTH) {
      out.add(" ".repeat(inner) + rest);
      return true;
    }
    int start = 0;
    for (int comma : positions(rest, (text, i) -> text.charAt(i) == ',')) {
      addCode(out, inner, rest.substring(start, comma + 1).strip());
      start = comma + 1;
    }
    addCode(out, inner, rest.substring(start).strip());
    return true;
  }

  private static boolean isChainedCall(String code, int position) {
    return position > 0 && code.charAt(position) == '.' && code.charAt(position - 1) == ')';
  }

  /** A question about a character of the code. */
  private interface Mark {
    boolean isAt(String code, int position);
  }

  /** Where the code is marked, but neither in parentheses nor in literals. */
  private static List<Integer> positions(String code, Mark mark) {
    List<Integer> positions = new ArrayList<>();
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      if (quoted) {
        i += c == '\\' ? 1 : 0;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (depth == 0 && mark.isAt(code, i)) {
        positions.add(i);
      } else if (c == '(' || c == '<') {
        depth++;
      } else if (c == ')' || (c == '>' && code.charAt(i - 1) != '-')) {
        depth--;
      }
    }
    return positions;
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }
}
