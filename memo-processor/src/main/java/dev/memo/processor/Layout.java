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
        addCode(out, indent(line), tight(line.strip()));
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
        || line.equals(")")
        || line.startsWith("throws ")
        || (last.endsWith("{") && line.equals("}"));
  }

  private static String glue(String last, String line) {
    return last.endsWith("(") || line.equals(")") || line.equals("}") ? "" : " ";
  }

  /** JavaPoet leaves a space before the annotation of a nested type. */
  private static String tight(String code) {
    int literals = code.indexOf('"') < 0 ? code.length() : code.indexOf('"');
    return code.substring(0, literals).replace(". @", ".@") + code.substring(literals);
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
    if (code.contains(" class ")) {
      return breakBefore(
          out,
          indent,
          code,
          Math.max(supertype(code, " extends "), supertype(code, " implements ")));
    }
    List<Integer> choices = positions(code, Layout::isChoice);
    if (!choices.isEmpty()) {
      return breakChain(out, indent, code, choices);
    }
    if (code.endsWith("() {")) {
      return breakName(out, indent, code, code.lastIndexOf(' ', code.length() - 3));
    }
    if (code.endsWith(";") && code.indexOf('(') < 0) {
      return breakName(out, indent, code, code.lastIndexOf(' '));
    }
    int parenthesis = Math.max(0, code.indexOf('('));
    String declared = code.substring(0, parenthesis);
    int assignment = declared.indexOf(" = ");
    if (assignment > 0) {
      return breakField(out, indent, code, assignment + 2);
    }
    int arrow = declared.indexOf(" -> ");
    if (arrow > 0) {
      return breakAt(out, indent, code, arrow + 3);
    }
    List<Integer> dots = positions(code, Layout::isChainedCall);
    if (!dots.isEmpty()) {
      return breakChain(out, indent, code, dots);
    }
    int clause = code.endsWith("{") ? code.lastIndexOf(") throws ") : -1;
    return clause > 0
        ? breakAt(out, indent, code, clause + 1)
        : breakArguments(out, indent, code, indent + CONTINUATION);
  }

  private static boolean breakAt(List<String> out, int indent, String code, int position) {
    addCode(out, indent, code.substring(0, position));
    addCode(out, indent + CONTINUATION, code.substring(position).strip());
    return true;
  }

  /** After the equals sign; if that is not enough, around the field's name and in its type. */
  private static boolean breakField(List<String> out, int indent, String code, int value) {
    if (indent + value <= WIDTH) {
      return breakAt(out, indent, code, value);
    }
    int name = code.lastIndexOf(' ', value - 3);
    addType(out, indent, code.substring(0, name));
    return breakAt(out, indent + CONTINUATION, code.substring(name + 1), value - name - 1);
  }

  /** Before the name of what is declared; if that is not enough, in its type. */
  private static boolean breakName(List<String> out, int indent, String code, int name) {
    addType(out, indent, code.substring(0, name));
    out.add(" ".repeat(indent + CONTINUATION) + code.substring(name + 1));
    return true;
  }

  private static void addType(List<String> out, int indent, String type) {
    if (indent + type.length() <= WIDTH) {
      out.add(" ".repeat(indent) + type);
    } else {
      int arguments = type.indexOf('<') + 1;
      out.add(" ".repeat(indent) + type.substring(0, arguments));
      addList(out, indent + 2 * CONTINUATION, type.substring(arguments));
    }
  }

  /** Where a class says what it extends or implements: not in its type variables. */
  private static int supertype(String code, String word) {
    List<Integer> words = positions(code, (text, i) -> text.startsWith(word, i));
    return words.isEmpty() ? -1 : words.get(words.size() - 1);
  }

  private static boolean breakBefore(List<String> out, int indent, String code, int position) {
    return position > 0 && breakAt(out, indent, code, position);
  }

  /** The space before either side of a conditional expression. */
  private static boolean isChoice(String code, int position) {
    return code.startsWith(" ? ", position) || code.startsWith(" : ", position);
  }

  private static boolean breakChain(List<String> out, int indent, String code, List<Integer> dots) {
    String head = code.substring(0, dots.get(0));
    if (indent + head.length() <= WIDTH
        || !breakArguments(out, indent, head, indent + 2 * CONTINUATION)) {
      out.add(" ".repeat(indent) + head);
    }
    for (int i = 0; i < dots.size(); i++) {
      int end = i + 1 < dots.size() ? dots.get(i + 1) : code.length();
      addCode(out, indent + CONTINUATION, code.substring(dots.get(i), end).strip());
    }
    return true;
  }

  private static boolean breakArguments(List<String> out, int indent, String code, int inner) {
    int arguments = code.indexOf('(') + 1;
    if (arguments == 0 || code.startsWith(")", arguments)) {
      return false;
    }
    out.add(" ".repeat(indent) + code.substring(0, arguments));
    addList(out, inner, code.substring(arguments));
    return true;
  }

  /** All on one line if they fit, else each on a line of its own. */
  private static void addList(List<String> out, int indent, String list) {
    if (indent + list.length() <= WIDTH) {
      out.add(" ".repeat(indent) + list);
      return;
    }
    int start = 0;
    for (int comma : positions(list, (text, i) -> text.charAt(i) == ',')) {
      addCode(out, indent, list.substring(start, comma + 1).strip());
      start = comma + 1;
    }
    addCode(out, indent, list.substring(start).strip());
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
