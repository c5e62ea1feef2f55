package dev.memo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Secret;
import dev.memo.call.CachedFunction;
import dev.memo.call.HitSource;
import dev.memo.call.UnstoredReason;
import dev.memo.failure.UncacheableArgumentException;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secret parameters are in nothing that can be read: no file of the directory, no line of the log
 * at any level, no message, no {@code toString}. Each is searched in the ways in which text is
 * written; the twin without the mark shows that the search finds what is there.
 */
@SuppressWarnings({"try", "UnusedVariable"}) // bindings are for their end, secrets for their way
final class SecretsTest {
  private static final String DIRECTORY = "secrets.memo";
  private static final String SECRET = "hunter2-correct-horse-battery";
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final Path path;

  SecretsTest(@TempDir Path folder) {
    path = folder.resolve("d.memo");
    RUNS.set(0);
  }

  private static final class Api {
    static int ask(Object key) {
      return RUNS.incrementAndGet();
    }

    static int fails(String key) throws IOException {
      throw new IOException("connection refused, run " + RUNS.incrementAndGet());
    }

    static List<Object> unstorable(String key) {
      RUNS.incrementAndGet();
      return List.of(DayOfWeek.FRIDAY, new Object());
    }
  }

  private record Credentials(String user, String password) {}

  private record Nested(Credentials credentials, List<Map<String, String>> more) {}

  private record Hiding(@Secret Object key) {}

  private record Telling(Object key) {}

  private record HidingText(@Secret String key) {}

  private record Both(String text, @KeyIgnored @Secret String key) {}

  private static <A extends Record> CachedFunction<A, Integer, RuntimeException> ask(
      Class<A> arguments) {
    return CachedMethod.in(DIRECTORY, Api.class, "ask", Object.class)
        .name("ask " + arguments.getSimpleName())
        .calls(arguments, Api::ask);
  }

  /** What could be read after some use: the log, and what handles and statistics say. */
  private final StringBuilder said = new StringBuilder();

  /** Uses the directory, and returns the files in which the secret is, then closed and open. */
  private List<String> placesAfter(Runnable use) {
    List<String> places = new ArrayList<>();
    Logger logger = Logger.getLogger("dev.memo");
    Level before = logger.getLevel();
    logger.setLevel(Level.ALL);
    try (CapturedLog log = CapturedLog.of("dev.memo")) {
      try (Binding bound = Memo.bind(DIRECTORY, path);
          Memo memo = Memo.open(path)) {
        use.run();
        said.append(memo.stats());
        places.addAll(filesWithSecret("open"));
      }
      places.addAll(filesWithSecret("closed"));
      log.records().forEach(entry -> said.append(text(entry)));
    } finally {
      logger.setLevel(before);
    }
    if (said.indexOf("hunter2") >= 0) {
      places.add("said: " + said);
    }
    return places;
  }

  private static String text(LogRecord entry) {
    Throwable thrown = entry.getThrown();
    return new SimpleFormatter().formatMessage(entry)
        + Arrays.toString(entry.getParameters())
        + (thrown == null ? "" : printed(thrown));
  }

  private static String printed(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private List<String> filesWithSecret(String when) {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> regular = files.filter(Files::isRegularFile).toList();
      assertThat(regular).as("files that are searched").hasSizeGreaterThan(4);
      return regular.stream()
          .filter(SecretsTest::hasSecret)
          .map(file -> when + " " + file)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasSecret(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String text = new String(bytes, ISO_8859_1);
    for (Charset charset : List.of(UTF_8, UTF_16BE, UTF_16LE)) {
      byte[] part = "hunter2".getBytes(charset);
      if (text.contains(new String(part, ISO_8859_1))) {
        return true;
      }
    }
    return false;
  }

  /** Also what handles say of themselves. */
  private void note(CachedFunction<?, ?, ?> handle) {
    said.append(handle).append(handle.id()).append(handle.stats());
  }

  @Test
  void secretAloneIsNowhere() {
    assertThat(placesAfter(() -> callTwice(ask(Hiding.class), new Hiding(SECRET)))).isEmpty();
  }

  @Test
  void twinWithoutTheMarkTheSecretIsFound() {
    List<String> places = placesAfter(() -> callTwice(ask(Telling.class), new Telling(SECRET)));

    assertThat(places).anyMatch(place -> place.startsWith("open"));
    assertThat(places).anyMatch(place -> place.startsWith("closed"));
  }

  private record KeyedClient(@CacheIdentity @Secret String key) {}

  private record TellingClient(@CacheIdentity String key) {}

  @Test
  void secretThatIdentifiesAnObjectIsNowhere() {
    CachedFunction<KeyedClient, Integer, RuntimeException> method =
        CachedMethod.in(DIRECTORY, KeyedClient.class, "hashCode")
            .identifiedBy("key")
            .calls(it -> RUNS.incrementAndGet());

    assertThat(placesAfter(() -> callTwice(method, new KeyedClient(SECRET)))).isEmpty();
  }

  @Test
  void twinWithoutTheMarkWhatIdentifiesAnObjectIsFound() {
    CachedFunction<TellingClient, Integer, RuntimeException> method =
        CachedMethod.in(DIRECTORY, TellingClient.class, "hashCode")
            .identifiedBy("key")
            .calls(it -> RUNS.incrementAndGet());

    assertThat(placesAfter(() -> callTwice(method, new TellingClient(SECRET)))).isNotEmpty();
  }

  interface Keyed {
    @CacheIdentity
    @Secret
    String secretKey();
  }

  /** Says again what identifies it, and not that it is a secret. */
  private record OverridingClient(String key) implements Keyed {
    @CacheIdentity
    @Override
    public String secretKey() {
      return key;
    }
  }

  @Test
  void secretIsNowhereIfOnlyTheOverriddenMethodSaysThatItIsOne() {
    CachedFunction<OverridingClient, Integer, RuntimeException> method =
        CachedMethod.in(DIRECTORY, OverridingClient.class, "hashCode")
            .identifiedBy("secretKey()")
            .calls(it -> RUNS.incrementAndGet());

    assertThat(placesAfter(() -> callTwice(method, new OverridingClient(SECRET)))).isEmpty();
  }

  private sealed interface Client
      permits SecretClient, OpenClient, ForgetfulClient, OverridingInside {
    @Override
    int hashCode();
  }

  private record SecretClient(@Secret String key) implements Client {}

  private record OpenClient(String key) implements Client {}

  @Test
  void secretComponentOfAReceiverIsNowhere() {
    CachedFunction<Client, Integer, RuntimeException> method = ofClients();

    assertThat(placesAfter(() -> callTwice(method, new SecretClient(SECRET)))).isEmpty();
  }

  @Test
  void twinWithoutTheMarkTheComponentIsFound() {
    CachedFunction<Client, Integer, RuntimeException> method = ofClients();

    assertThat(placesAfter(() -> callTwice(method, new OpenClient(SECRET)))).isNotEmpty();
  }

  private static CachedFunction<Client, Integer, RuntimeException> ofClients() {
    return CachedMethod.in(DIRECTORY, Client.class, "hashCode")
        .receiver()
        .calls(it -> RUNS.incrementAndGet());
  }

  private record ForgetfulClient(@CacheIdentity String secretKey) implements Client, Keyed {
    @CacheIdentity
    @Override
    public String secretKey() {
      return secretKey;
    }
  }

  @Test
  void secretComponentIsNowhereIfOnlyWhatItsAccessorOverridesSaysThatItIsOne() {
    CachedFunction<Client, Integer, RuntimeException> method = ofClients();

    assertThat(placesAfter(() -> callTwice(method, new ForgetfulClient(SECRET)))).isEmpty();
  }

  @Test
  void suchAComponentOfAnArgumentIsNowhere() {
    Object client = new ForgetfulClient(SECRET);

    assertThat(placesAfter(() -> callTwice(ask(Telling.class), new Telling(client)))).isEmpty();
  }

  private record OverridingInside(int id, String key) implements Client, Keyed {
    @CacheIdentity
    @Override
    public String secretKey() {
      return key;
    }
  }

  @Test
  void secretMethodOfAReceiverIsNowhereIfOnlyTheOverriddenOneSaysThatItIsOne() {
    CachedFunction<Client, Integer, RuntimeException> method = ofClients();

    assertThat(placesAfter(() -> callTwice(method, new OverridingInside(1, SECRET)))).isEmpty();
  }

  @Test
  void secretComponentOfAnArgumentIsNowhere() {
    Object client = List.of(Optional.of(new SecretClient(SECRET)));

    assertThat(placesAfter(() -> callTwice(ask(Telling.class), new Telling(client)))).isEmpty();
  }

  @Test
  void twinWithoutTheMarkTheComponentOfAnArgumentIsFound() {
    Object client = List.of(Optional.of(new OpenClient(SECRET)));

    assertThat(placesAfter(() -> callTwice(ask(Telling.class), new Telling(client)))).isNotEmpty();
  }

  @Test
  void longSecretIsNowhere() {
    assertThat(
            placesAfter(
                () -> callTwice(ask(Hiding.class), new Hiding((SECRET + " ").repeat(10_000)))))
        .isEmpty();
  }

  @Test
  void twinWithoutTheMarkALongerTextIsFoundToo() {
    assertThat(
            placesAfter(
                () -> callTwice(ask(Telling.class), new Telling((SECRET + " ").repeat(20)))))
        .isNotEmpty();
  }

  @Test
  void secretInsideARecordIsNowhere() {
    Nested nested = new Nested(new Credentials(SECRET, SECRET), List.of(Map.of(SECRET, SECRET)));

    assertThat(placesAfter(() -> callTwice(ask(Hiding.class), new Hiding(nested)))).isEmpty();
  }

  @Test
  void twinWithoutTheMarkTheRecordIsFound() {
    Nested nested = new Nested(new Credentials(SECRET, SECRET), List.of(Map.of(SECRET, SECRET)));

    assertThat(placesAfter(() -> callTwice(ask(Telling.class), new Telling(nested)))).isNotEmpty();
  }

  private <A> void callTwice(CachedFunction<A, Integer, RuntimeException> ask, A arguments) {
    assertThat(ask.call(arguments)).isEqualTo(1);
    assertThat(ask.call(arguments)).isEqualTo(1);
    assertThat(ask.peek(arguments).isPresent()).isTrue();
    assertThat(ask.refresh(arguments)).isEqualTo(2);
    ask.put(arguments, 3);
    ask.invalidate(arguments);
    assertThat(ask.call(arguments)).isEqualTo(3);
    note(ask);
  }

  @Test
  void secretThatIsIgnoredIsNowhereAndCountsForNothing() {
    assertThat(
            placesAfter(
                () -> {
                  CachedFunction<Both, Integer, RuntimeException> ask = ask(Both.class);
                  assertThat(ask.call(new Both("a", SECRET))).isEqualTo(1);
                  assertThat(ask.call(new Both("a", SECRET + "!"))).isEqualTo(1);
                  note(ask);
                }))
        .isEmpty();
  }

  @Test
  void secretThatCannotBeEncodedIsNowhere() {
    Map<String, Object> unencodable = Map.of(SECRET, new Object());

    assertThat(
            placesAfter(
                () -> {
                  CachedFunction<Hiding, Integer, RuntimeException> ask = ask(Hiding.class);
                  assertThatThrownBy(() -> ask.call(new Hiding(unencodable)))
                      .isInstanceOf(UncacheableArgumentException.class)
                      .satisfies(failure -> said.append(printed(failure)));
                  note(ask);
                }))
        .isEmpty();
  }

  @Test
  void secretOfACallThatThrowsIsNowhere() {
    CachedFunction<HidingText, Integer, IOException> fails =
        CachedMethod.in(DIRECTORY, Api.class, "fails", String.class)
            .calls(HidingText.class, args -> Api.fails(args.key()));

    assertThat(
            placesAfter(
                () -> {
                  assertThatThrownBy(() -> fails.call(new HidingText(SECRET)))
                      .isInstanceOf(IOException.class)
                      .satisfies(failure -> said.append(printed(failure)));
                  note(fails);
                }))
        .isEmpty();
  }

  @Test
  void secretOfAResultThatCannotBeStoredIsNowhere() {
    CachedFunction<HidingText, List<Object>, RuntimeException> unstorable =
        CachedMethod.in(DIRECTORY, Api.class, "unstorable", String.class)
            .types(DayOfWeek.class)
            .calls(HidingText.class, args -> Api.unstorable(args.key()));

    assertThat(
            placesAfter(
                () -> {
                  assertThat(unstorable.call(new HidingText(SECRET))).hasSize(2);
                  assertThat(unstorable.stats().unstoredByReason())
                      .containsEntry(UnstoredReason.UNCACHEABLE, 1L);
                  note(unstorable);
                }))
        .isEmpty();
    assertThat(said).contains("UNCACHEABLE"); // the log was captured
  }

  /** A primary, to be stopped. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws IOException {
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        System.out.println("opened " + memo.directory());
        int end = System.in.read();
        System.out.println("ends " + end);
      }
    }
  }

  @Test
  @Tag("heavy")
  void secretInTheSpoolIsNowhereAndTwinWithoutTheMarkItIsThere() throws Exception {
    try (ChildJvm primary = ChildJvm.of(Owner.class, path).shortLived().start();
        Binding bound = Memo.bind(DIRECTORY, path)) {
      primary.awaitLine("opened");
      signal(primary, "-STOP"); // until it is left, 5 s pass: once for both
      assertThat(placesAfterSpooling(ask(Hiding.class), new Hiding(SECRET))).isEmpty();
      assertThat(placesAfterSpooling(ask(Telling.class), new Telling(SECRET)))
          .anyMatch(place -> place.contains("/spool/"));
      signal(primary, "-CONT");
    }
  }

  /** Lets a call store its result while the primary is silent, and searches all files. */
  private <A extends Record> List<String> placesAfterSpooling(
      CachedFunction<A, Integer, RuntimeException> ask, A arguments) {
    long spooled = ask.stats().spooled();
    assertThat(ask.call(arguments)).isPositive();
    assertThat(ask.stats().spooled()).isEqualTo(spooled + 1);
    return filesWithSecret("spooled");
  }

  private static void signal(ChildJvm child, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", signal, "" + child.process().pid()).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** It must not live as long as the result. */
  private static final class Connection {}

  private record WithConnection(String text, @KeyIgnored Connection connection) {}

  private record WithText(String text, @Secret String key) {}

  private record WithRecord(String text, SecretClient client) {}

  private record PlainText(String text, String key) {}

  @Test
  void memoryKeepsNeitherSecretsNorConnections() {
    try (Binding bound = Memo.bind(DIRECTORY, path)) {
      CachedFunction<WithConnection, Integer, RuntimeException> connected =
          ask(WithConnection.class);
      CachedFunction<WithText, Integer, RuntimeException> hiding = ask(WithText.class);
      WeakReference<?> ofConnection = called(connected, new WithConnection("a", new Connection()));
      CachedFunction<WithRecord, Integer, RuntimeException> within = ask(WithRecord.class);
      WeakReference<?> ofHiding = called(hiding, new WithText("a", new String(SECRET)));
      WeakReference<?> ofRecord = called(within, new WithRecord("a", new SecretClient(SECRET)));

      awaitCollection(ofConnection);
      awaitCollection(ofHiding);
      awaitCollection(ofRecord);
      connected.call(new WithConnection("a", new Connection()));
      hiding.call(new WithText("a", SECRET));
      within.call(new WithRecord("a", new SecretClient(SECRET)));
      assertThat(connected.stats().hitsBySource()).containsEntry(HitSource.HEAP, 1L);
      assertThat(hiding.stats().hitsBySource()).containsEntry(HitSource.HEAP, 1L);
      assertThat(within.stats().hitsBySource()).containsEntry(HitSource.HEAP, 1L);
    }
  }

  @Test
  void twinWithoutTheMarkMemoryKeepsTheArguments() {
    try (Binding bound = Memo.bind(DIRECTORY, path)) {
      CachedFunction<PlainText, Integer, RuntimeException> plain = ask(PlainText.class);
      WeakReference<?> arguments = called(plain, new PlainText("a", new String(SECRET)));

      System.gc();
      assertThat(arguments.get()).isNotNull();
      plain.call(new PlainText("a", SECRET));
      assertThat(plain.stats().hitsBySource()).containsEntry(HitSource.HEAP, 1L);
    }
  }

  private static <A extends Record> WeakReference<A> called(
      CachedFunction<A, Integer, RuntimeException> function, A arguments) {
    function.call(arguments);
    return new WeakReference<>(arguments);
  }

  private static void awaitCollection(WeakReference<?> reference) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    @Nullable Object seen = reference.get();
    while (seen != null && System.nanoTime() < deadline) {
      seen = null;
      System.gc();
      seen = reference.get();
    }
    assertThat(seen).isNull();
  }
}
