package dev.memo;

import dev.memo.call.DirectoryFunction;
import dev.memo.call.FunctionSpec;
import dev.memo.failure.DirectoryClosedException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the results of an annotated method are kept: the directory that its name stands for now.
 * Closing that never breaks the method: it computes, and soon finds the next.
 */
final class MethodPlace<A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements Handle.Place<A, R, X> {
  private final NamedDirectory directory;
  private final Supplier<FunctionSpec<A, R, X>> newSpec;
  private @Nullable FunctionSpec<A, R, X> spec; // guarded by this

  // A race is harmless: the record is immutable, and whoever sees an old one registers anew.
  private @Nullable Registered<A, R, X> registered;

  private record Registered<
      A extends @Nullable Object, R extends @Nullable Object, X extends Exception>(
      SharedDirectory directory, DirectoryFunction<A, R, X> function) {}

  MethodPlace(NamedDirectory directory, Supplier<FunctionSpec<A, R, X>> newSpec) {
    this.directory = directory;
    this.newSpec = newSpec;
  }

  @Override
  public @Nullable DirectoryFunction<A, R, X> find() {
    while (true) {
      SharedDirectory current = directory.current();
      Registered<A, R, X> known = registered;
      if (known != null && known.directory == current) {
        return known.function;
      }
      if (current == null) {
        return null;
      }
      try {
        return register(current);
      } catch (DirectoryClosedException e) {
        // a binding that is closed has named another directory by now; the shutdown names none
        if (Directories.isShuttingDown()) {
          return null;
        }
      }
    }
  }

  private synchronized DirectoryFunction<A, R, X> register(SharedDirectory current) {
    Registered<A, R, X> known = registered;
    if (known != null && known.directory == current) {
      return known.function;
    }
    if (spec == null) {
      spec = newSpec.get();
    }
    DirectoryFunction<A, R, X> function = current.register(spec, () -> true);
    registered = new Registered<>(current, function);
    return function;
  }
}
