import dev.memo.annotation.Cached;

final class WithoutPackage {
  @Cached("bad.memo")
  static int sum(int x, SumArgs y) {
    return x + y.z();
  }
}

record SumArgs(int z) {}
