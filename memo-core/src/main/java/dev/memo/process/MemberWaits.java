package dev.memo.process;

import dev.memo.claims.Chain;
import dev.memo.claims.WaitGraph;
import dev.memo.claims.Waits;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The waits of this JVM, and those inside this process that the primary must know of: a chain that
 * computes under a claim, and waits for a flight here, may be waited for elsewhere. Thread-safe.
 */
final class MemberWaits implements Waits {

  private record Wait(Chain waiter, CompletableFuture<?> end) {}

  /**
   * What a primary was told.
   *
   * @param end takes it back
   */
  private record Report(Chain holder, Runnable end) {}

  private final Member member;
  private final Map<Wait, Report> reports = new ConcurrentHashMap<>();

  MemberWaits(Member member) {
    this.member = member;
  }

  @Override
  public boolean tryWait(Chain waiter, Chain holder, CompletableFuture<?> end) {
    if (!WaitGraph.JVM.tryWait(waiter, holder, end)) {
      return false;
    }
    Role current = member.role();
    if (holder.isForeign() || current == null || !member.running().awaits(waiter)) {
      return true;
    }
    try {
      Runnable takesBack = current.reportWait(waiter, holder);
      if (takesBack != null) {
        report(new Wait(waiter, end), new Report(holder, takesBack));
        return true;
      }
    } catch (LostPrimaryException e) {
      member.leave(current);
      return true; // the claim has ended with its primary
    }
    WaitGraph.JVM.endWait(waiter, end);
    return false;
  }

  private void report(Wait wait, Report report) {
    reports.put(wait, report);
    // Taken back by whoever ends it, not by the waiter, which wakes up later: what the former does
    // next must not seem to close a cycle with a wait that is over.
    CompletableFuture<?> unused = wait.end.whenComplete((value, failure) -> takeBack(wait));
  }

  private void takeBack(Wait wait) {
    Report report = reports.remove(wait);
    if (report != null) {
      report.end.run();
    }
  }

  @Override
  public void endWait(Chain waiter, CompletableFuture<?> end) {
    WaitGraph.JVM.endWait(waiter, end);
    takeBack(new Wait(waiter, end));
  }

  /**
   * Tells the next primary. A wait that closes a cycle by now, or begins just now, is ended by its
   * longest duration.
   */
  void reportTo(Role next) {
    reports.forEach(
        (wait, report) -> {
          Runnable takesBack = next.reportWait(wait.waiter, report.holder);
          if (takesBack != null
              && !reports.replace(wait, report, new Report(report.holder, takesBack))) {
            takesBack.run(); // it has ended meanwhile
          }
        });
  }
}
