package dev.memo.process.wire;

import java.io.IOException;

/** The peer sent what the protocol does not know; the connection ends. */
public final class WireException extends IOException {
  private static final long serialVersionUID = 1L;

  WireException(String message) {
    super(message);
  }
}
