package dev.memo.processor;

import dev.memo.annotation.Cached;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;
import org.jspecify.annotations.Nullable;

/**
 * Generates {@code GeocoderCached} for a class {@code Geocoder} with {@link Cached} methods.
 *
 * <p>The option {@value #KEY_TYPES} lists classes, separated by commas, that may be arguments
 * because a {@code KeyEncoder} is registered for them.
 */
public final class CachedProcessor extends AbstractProcessor {
  static final String KEY_TYPES = "memo.keyTypes";

  private final WrapperNameCheck names = new WrapperNameCheck();

  /** Classes whose annotated methods name types that do not exist, at least not yet. */
  private Set<String> deferred = new LinkedHashSet<>();

  private @Nullable Steps steps;

  /** For the compiler, which creates it. */
  public CachedProcessor() {}

  /** What can be built only when the compiler has introduced itself. */
  private record Steps(
      TypeSystem system,
      MethodCheck method,
      ArgumentCheck arguments,
      ReceiverCheck receiver,
      ResultCheck result,
      AttributeCheck attributes,
      OverrideCheck overrides,
      PassedOnCheck passedOn,
      WrapperReader reader) {

    static Steps in(ProcessingEnvironment environment) {
      TypeSystem system = new TypeSystem(environment.getTypeUtils(), environment.getElementUtils());
      Set<String> keyTypes = keyTypes(environment);
      Receivers receivers = new Receivers(system, keyTypes);
      ArgumentCheck arguments = new ArgumentCheck(system, keyTypes, receivers);
      return new Steps(
          system,
          new MethodCheck(system),
          arguments,
          new ReceiverCheck(receivers, arguments),
          new ResultCheck(system),
          new AttributeCheck(system),
          new OverrideCheck(system),
          new PassedOnCheck(system),
          new WrapperReader(system, receivers, arguments));
    }

    /** Names as in sources; those of class files, with a dollar sign, are understood as well. */
    private static Set<String> keyTypes(ProcessingEnvironment environment) {
      String option = environment.getOptions().get(KEY_TYPES);
      return option == null // said without a value, too
          ? Set.of()
          : Set.copyOf(List.of(option.trim().replace('$', '.').split("\\s*,\\s*", -1)));
    }

    Optional<Refusal> refusal(AnnotatedMethod candidate) {
      return method
          .refusal(candidate)
          .or(() -> attributes.refusal(candidate))
          .or(() -> receiver.refusal(candidate))
          .or(() -> arguments.refusal(candidate))
          .or(() -> overrides.lostSecret(candidate))
          .or(() -> result.refusal(candidate));
    }

    Stream<Refusal> warnings(AnnotatedMethod accepted) {
      return Stream.concat(method.warning(accepted).stream(), arguments.warnings(accepted));
    }
  }

  /** Wrappers carry an annotation that must be claimed too, for the same reason. */
  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of(
        Annotations.CACHED,
        Annotations.CACHE_IDENTITY,
        Annotations.KEY_IGNORED,
        Annotations.SECRET,
        WrapperReader.GENERATED);
  }

  @Override
  public Set<String> getSupportedOptions() {
    return Set.of(KEY_TYPES);
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latestSupported();
  }

  @Override
  @SuppressWarnings("DoNotClaimAnnotations") // unclaimed ones are warnings under -Xlint:processing
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    names.addSources(round.getRootElements());
    if (round.processingOver() && round.errorRaised()) {
      return true; // other errors cut the rounds short, so types may be missing because of them
    }
    new StrayCheck(system(), names)
        .refusals(round)
        .forEach(it -> report(it, Diagnostic.Kind.ERROR));
    warnOfLostAnnotations(round);
    Set<TypeElement> classes = classes(round);
    if (processingEnv.getSourceVersion().compareTo(SourceVersion.RELEASE_17) < 0) {
      classes.stream().limit(1).forEach(first -> report(tooOld(first), Diagnostic.Kind.ERROR));
      return true;
    }
    deferred = new LinkedHashSet<>();
    for (TypeElement declaring : classes) {
      try {
        process(declaring, round);
      } catch (RuntimeException e) {
        reportBug(declaring, e);
      }
    }
    return true;
  }

  private void warnOfLostAnnotations(RoundEnvironment round) {
    ElementFilter.typesIn(round.getRootElements()).stream()
        .filter(type -> !names.isWrapper(type))
        .flatMap(type -> steps().overrides.lostAnnotations(type))
        .forEach(it -> report(it, Diagnostic.Kind.WARNING));
  }

  /** The classes to look at: those of this round, and those that had to wait for it. */
  private Set<TypeElement> classes(RoundEnvironment round) {
    Stream<TypeElement> waiting =
        deferred.stream()
            .flatMap(
                name -> Optional.ofNullable(system().elements().getTypeElement(name)).stream());
    Stream<TypeElement> fresh =
        system().annotated(round, Annotations.CACHED).stream()
            .map(method -> (TypeElement) method.getEnclosingElement());
    return Stream.concat(waiting, fresh).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private void process(TypeElement declaring, RoundEnvironment round) {
    List<AnnotatedMethod> methods = AnnotatedMethod.in(declaring, system());
    List<AnnotatedMethod> unresolved =
        methods.stream().filter(method -> method.isUnresolved(system())).toList();
    if (!unresolved.isEmpty()) {
      if (round.processingOver()) {
        unresolved.forEach(method -> report(unresolved(method), Diagnostic.Kind.ERROR));
      } else {
        deferred.add(declaring.getQualifiedName().toString());
      }
      return;
    }
    List<AnnotatedMethod> accepted = accepted(declaring, methods);
    if (!accepted.isEmpty()
        && !reported(names.refusal(declaring, system().elements()))
        && !reported(steps().passedOn.refusal(declaring, accepted))) {
      warnOfInherited(declaring, accepted);
      write(steps().reader.read(declaring, accepted));
    }
  }

  /** Only of wrappers that have the inherited methods at all. */
  private void warnOfInherited(TypeElement declaring, List<AnnotatedMethod> accepted) {
    if (accepted.stream().anyMatch(method -> method.shape().isOfObject())) {
      steps().overrides.inherited(declaring).forEach(it -> report(it, Diagnostic.Kind.WARNING));
    }
  }

  private Refusal tooOld(TypeElement declaring) {
    return new Refusal(
        Refusal.Spot.of(declaring),
        declaring.getQualifiedName() + " cannot have a wrapper: wrappers need Java 17.",
        "they have records, and the sources are compiled as those of "
            + processingEnv.getSourceVersion()
            + ".",
        "compile with --release 17 or a later one.");
  }

  private static Refusal unresolved(AnnotatedMethod method) {
    return method.refuse(
        "cannot be cached: it, or its class, names a type that does not exist.",
        "no source declares the type, and no annotation processor generated it.",
        "correct the name, or add what declares it to the class path.");
  }

  private List<AnnotatedMethod> accepted(TypeElement declaring, List<AnnotatedMethod> methods) {
    WrapperCheck wrapper = new WrapperCheck(system(), declaring, methods);
    List<AnnotatedMethod> accepted = new ArrayList<>();
    for (AnnotatedMethod method : methods) {
      if (!reported(steps().refusal(method)) && !reported(wrapper.refusal(method))) {
        steps().warnings(method).forEach(it -> report(it, Diagnostic.Kind.WARNING));
        accepted.add(method);
      }
    }
    return accepted;
  }

  private void write(Wrapper wrapper) {
    String name =
        wrapper.packageName().isEmpty()
            ? wrapper.name()
            : wrapper.packageName() + "." + wrapper.name();
    try (Writer out =
        processingEnv.getFiler().createSourceFile(name, wrapper.declaring()).openWriter()) {
      out.write(escaped(WrapperRenderer.render(wrapper)));
    } catch (IOException e) {
      report(
          new Refusal(
              Refusal.Spot.of(wrapper.declaring()),
              "The wrapper " + name + " could not be written.",
              e.toString(),
              "delete what was generated before, check the output folder, and build again."),
          Diagnostic.Kind.ERROR);
    }
  }

  /** Nobody tells a processor which encoding sources have. */
  private static String escaped(String source) {
    return source
        .chars()
        .mapToObj(c -> c < 0x80 ? String.valueOf((char) c) : "\\u%04x".formatted(c))
        .collect(Collectors.joining());
  }

  private boolean reported(Optional<Refusal> refusal) {
    refusal.ifPresent(it -> report(it, Diagnostic.Kind.ERROR));
    return refusal.isPresent();
  }

  private void report(Refusal refusal, Diagnostic.Kind kind) {
    refusal.printTo(processingEnv.getMessager(), kind);
  }

  private void reportBug(Element declaring, RuntimeException bug) {
    Stream<String> trace = Stream.of(bug.getStackTrace()).limit(8).map(frame -> "\n    " + frame);
    report(
        new Refusal(
            Refusal.Spot.of(declaring),
            "memo failed to process " + declaring + ".",
            bug + trace.collect(Collectors.joining()),
            "this is a bug in memo: please report it with this message."),
        Diagnostic.Kind.ERROR);
  }

  private TypeSystem system() {
    return steps().system;
  }

  private Steps steps() {
    if (steps == null) {
      steps = Steps.in(processingEnv);
    }
    return steps;
  }
}
