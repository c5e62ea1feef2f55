package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import java.util.List;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Receivers.Parser}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Receivers_ParserCached {
  /** Handle of {@link Receivers.Parser#parse(String)}. */
  static final CachedFunction<ParseArgs, List<String>, RuntimeException> PARSE =
      CachedMethod.in("receivers.memo", Receivers.Parser.class, "parse", String.class)
          .ignoringReceiver()
          .calls(ParseArgs.class, args -> args.parser().parse(args.text()));

  private Receivers_ParserCached() {}

  /** Cached {@link Receivers.Parser#parse(String)}. */
  static List<String> parse(Receivers.Parser parser, String text) {
    return PARSE.call(new ParseArgs(parser, text));
  }

  /** Arguments of {@link #parse}. */
  record ParseArgs(Receivers.Parser parser, String text) {}
}
