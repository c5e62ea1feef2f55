package dev.memo.processor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import javax.annotation.processing.Filer;
import javax.annotation.processing.Messager;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/**
 * Shows a processor nothing of the compiler but interfaces, as Gradle and IntelliJ do: behind each
 * is a proxy.
 */
final class WrappedProcessor {
  private static final Set<Class<?>> WRAPPED =
      Set.of(
          ProcessingEnvironment.class,
          RoundEnvironment.class,
          Filer.class,
          Messager.class,
          Elements.class,
          Types.class);

  private WrappedProcessor() {}

  static Processor of(Processor processor) {
    return wrapped(Processor.class, processor);
  }

  private static <T> T wrapped(Class<T> type, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            WrappedProcessor.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object[] passed = arguments == null ? new Object[0] : arguments.clone();
              Class<?>[] types = method.getParameterTypes();
              for (int i = 0; i < passed.length; i++) {
                passed[i] = wrappedIfKnown(types[i], passed[i]);
              }
              try {
                return wrappedIfKnown(method.getReturnType(), method.invoke(real, passed));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private static Object wrappedIfKnown(Class<?> type, Object real) {
    return WRAPPED.contains(type) ? wrapAs(type, real) : real;
  }

  private static <T> Object wrapAs(Class<T> type, Object real) {
    return wrapped(type, type.cast(real));
  }
}
