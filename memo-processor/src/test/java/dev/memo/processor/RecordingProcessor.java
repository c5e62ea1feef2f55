package dev.memo.processor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Filer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/** A {@link CachedProcessor} that is watched, and can be kept from claiming its annotations. */
final class RecordingProcessor extends AbstractProcessor {
  private final CachedProcessor processor = new CachedProcessor();
  private final boolean claims;
  private final Map<String, List<String>> origins = new TreeMap<>();

  RecordingProcessor(boolean claims) {
    this.claims = claims;
  }

  /** The elements from which each file was generated, by the file's name. */
  Map<String, List<String>> origins() {
    return origins;
  }

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return processor.getSupportedAnnotationTypes();
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return processor.getSupportedSourceVersion();
  }

  @Override
  public synchronized void init(ProcessingEnvironment environment) {
    Filer filer = watched(Filer.class, environment.getFiler(), "createSourceFile", this::record);
    processor.init(
        watched(ProcessingEnvironment.class, environment, "getFiler", arguments -> filer));
  }

  private Object record(Object[] arguments) {
    origins.put(
        (String) arguments[0],
        Arrays.stream((Element[]) arguments[1]).map(Element::toString).toList());
    return arguments;
  }

  @Override
  @SuppressWarnings("DoNotClaimAnnotations") // as the processor does
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    return processor.process(annotations, round) && claims;
  }

  private interface Answer {
    /** The result of the call; or its arguments, to have the call go on. */
    Object to(Object[] arguments);
  }

  private static <T> T watched(Class<T> type, T watched, String method, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, called, arguments) -> {
              if (called.getName().equals(method)) {
                Object answered = answer.to(arguments);
                if (answered != arguments) {
                  return answered;
                }
              }
              return call(called, watched, arguments);
            }));
  }

  private static Object call(Method method, Object on, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
