package com.acme;

import dev.memo.CachedMethod;
import dev.memo.Decorator;
import dev.memo.InstanceMethod;
import dev.memo.call.CachedFunction;
import java.util.function.Function;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Inherited.OtherVariable}. */
@Generated("dev.memo.processor.CachedProcessor")
final class Inherited_OtherVariableCached<W extends Comparable<W>>
    implements Inherited.OtherVariable<W>, Decorator {
  private static final InstanceMethod SIZE =
      CachedMethod.in("bad.memo", Inherited.OtherVariable.class, "size", int.class)
          .ignoringReceiver()
          .withReceiverClass()
          .ofInstances();

  private final Inherited.OtherVariable<W> delegate;

  private final CachedFunction<Integer, Integer, RuntimeException> sizeFunction;

  /** Caches the results of {@code delegate}, and passes on what the interface has beside. */
  Inherited_OtherVariableCached(Inherited.OtherVariable<W> delegate) {
    this.delegate = delegate;
    sizeFunction = SIZE.on(delegate, delegate::size);
  }

  @Override
  public <V> Function<String, V> andThen(Function<? super W, ? extends V> arg0) {
    return delegate.andThen(arg0);
  }

  @Override
  public W apply(String arg0) {
    return delegate.apply(arg0);
  }

  @Override
  public <V> Function<V, W> compose(Function<? super V, ? extends String> arg0) {
    return delegate.compose(arg0);
  }

  @Override
  public int size(int x) {
    return sizeFunction.call(x);
  }

  /** Handle of {@link Inherited.OtherVariable#size(int)}, called on this object. */
  public CachedFunction<Integer, Integer, RuntimeException> sizeFunction() {
    return sizeFunction;
  }
}
