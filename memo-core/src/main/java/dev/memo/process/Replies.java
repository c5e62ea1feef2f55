package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.process.HeldClaim.Waiter;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers to waiters that are collected under a lock and sent after it: what a waiter does with its
 * answer runs on the thread that sends it.
 */
final class Replies {
  private final List<Runnable> replies = new ArrayList<>(0);

  void add(Waiter waiter, Answer answer) {
    replies.add(() -> waiter.next().complete(answer));
  }

  void send() {
    replies.forEach(Runnable::run);
  }
}
