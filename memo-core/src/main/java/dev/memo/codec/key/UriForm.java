package dev.memo.codec.key;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One text for all URIs that {@link URI#equals} calls equal, and different texts for others. Nearly
 * always that of the URI; but a path that would read as an authority follows an empty one, and one
 * that would read as a scheme follows a colon.
 */
final class UriForm {
  private UriForm() {}

  /**
   * Scheme and host in lower case, hexadecimal digits of escapes in upper case, an empty authority
   * or port left out where that is not ambiguous, all else as written.
   */
  static String of(URI uri) {
    StringBuilder out = new StringBuilder();
    if (uri.getScheme() != null) {
      out.append(uri.getScheme().toLowerCase(Locale.ROOT)).append(':');
    }
    if (uri.isOpaque()) {
      out.append(upperEscapes(uri.getRawSchemeSpecificPart()));
    } else {
      if (uri.getHost() != null) {
        out.append("//");
        append(out, "", uri.getRawUserInfo(), "@");
        out.append(uri.getHost().toLowerCase(Locale.ROOT));
        if (uri.getPort() != -1) {
          out.append(':').append(uri.getPort());
        }
      } else if (uri.getRawAuthority() != null) {
        append(out, "//", uri.getRawAuthority(), "");
      } else {
        out.append(borderBefore(uri.getRawPath(), uri.getScheme()));
      }
      append(out, "", uri.getRawPath(), "");
      append(out, "?", uri.getRawQuery(), "");
    }
    append(out, "#", uri.getRawFragment(), "");
    return out.toString();
  }

  /** What keeps a path without an authority from being read as something else. */
  private static String borderBefore(String path, @Nullable String scheme) {
    if (path.startsWith("//")) {
      return "//";
    }
    return scheme == null && path.indexOf(':') >= 0 ? ":" : "";
  }

  private static void append(
      StringBuilder out, String before, @Nullable String part, String after) {
    if (part != null) {
      out.append(before).append(upperEscapes(part)).append(after);
    }
  }

  private static String upperEscapes(String part) {
    if (part.indexOf('%') < 0) {
      return part;
    }
    StringBuilder out = new StringBuilder(part);
    for (int i = out.indexOf("%"); i >= 0; i = out.indexOf("%", i + 1)) {
      for (int digit = i + 1; digit <= i + 2 && digit < out.length(); digit++) {
        char c = out.charAt(digit);
        if (c >= 'a' && c <= 'f') {
          out.setCharAt(digit, (char) (c - 'a' + 'A'));
        }
      }
    }
    return out.toString();
  }
}
