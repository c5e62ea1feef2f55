package com.acme;

import dev.memo.annotation.Cached;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Exceptions: none, unchecked, one, several under one, several of different kinds. */
interface Failures {
  @Cached("failures.memo")
  static int unchecked(String name) throws IllegalStateException, StackOverflowError {
    throw new IllegalStateException(name);
  }

  @Cached("failures.memo")
  static int one(String name) throws IOException {
    throw new IOException(name);
  }

  @Cached("failures.memo")
  static int covered(String name) throws FileNotFoundException, IOException, IllegalStateException {
    throw new FileNotFoundException(name);
  }

  @Cached("failures.memo")
  static int several(String name) throws IOException, TimeoutException, InterruptedException {
    throw new TimeoutException(name);
  }

  @Cached("failures.memo")
  static int any(int a, int b) throws Exception {
    throw new Exception(a + " " + b);
  }
}
