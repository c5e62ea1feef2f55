package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Secret;
import dev.memo.call.ThrowingFunction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random calls on random objects: two share a result if and only if all that counts is equal. The
 * twins plant one fault each, and see that it would be found.
 */
@SuppressWarnings({"try", "UnusedMethod", "UnusedVariable"}) // memo reads the members
final class CountingPartsTest {
  private static final String DIRECTORY = "counting.memo";
  private static final long SEED = 20_261_128;
  private static final int CALLS = 3_000;
  private static final AtomicLong RUNS = new AtomicLong();

  @TempDir Path folder;

  private static class Service {
    final @Nullable String region;
    private final List<Integer> sizes;

    Service(@Nullable String region, List<Integer> sizes) {
      this.region = region;
      this.sizes = sizes;
    }

    List<Integer> sizes() {
      return sizes;
    }

    long ask(@Nullable String text, int count, Object client, String key) {
      assertThat(client).as("%s %s %s", text, count, key).isNotNull();
      return RUNS.incrementAndGet();
    }
  }

  private static final class Faster extends Service {
    Faster(@Nullable String region, List<Integer> sizes) {
      super(region, sizes);
    }
  }

  private record AskArgs(
      @Nullable String text, int count, @KeyIgnored Object client, @Secret String key) {}

  private record SecretIgnored(
      @Nullable String text, int count, @KeyIgnored Object client, @KeyIgnored String key) {}

  private record NothingIgnored(
      @Nullable String text, int count, Object client, @Secret String key) {}

  /** One way to make the call on the service. */
  private interface Wrapper {
    long ask(Service service, @Nullable String text, int count, Object client, String key);
  }

  private static CachedMethod method() {
    return CachedMethod.in(
        DIRECTORY, Service.class, "ask", String.class, int.class, Object.class, String.class);
  }

  private static Wrapper right(CachedMethod method) {
    InstanceMethod ask = method.ofInstances();
    return (service, text, count, client, key) -> {
      ThrowingFunction<AskArgs, Long, RuntimeException> body =
          args -> service.ask(args.text(), args.count(), args.client(), args.key());
      return ask.on(service, AskArgs.class, body).call(new AskArgs(text, count, client, key));
    };
  }

  /** What is not as it should be after many random calls. */
  private List<String> violations(Wrapper wrapper) {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    Map<List<@Nullable Object>, Long> results = new HashMap<>();
    Set<Long> seen = new HashSet<>();
    List<String> violations = new ArrayList<>();
    int shared = 0;
    try (Binding bound = Memo.bind(DIRECTORY, folder.resolve("d.memo"))) {
      for (int i = 0; i < CALLS; i++) {
        String region = oneOf(random, "a", "b", null);
        List<Integer> sizes = random.nextBoolean() ? List.of(1) : List.of(1, 2);
        boolean faster = random.nextInt(4) == 0;
        Service service =
            faster ? new Faster(region, sizes) : new Service(region, new ArrayList<>(sizes));
        String text = oneOf(random, "a", "", null);
        int count = random.nextInt(2);
        String key = random.nextBoolean() ? "k1" : "k2";
        Object client = random.nextBoolean() ? 1 : "1";

        long result = wrapper.ask(service, text, count, client, key);

        List<@Nullable Object> counting =
            Arrays.asList(service.getClass(), region, sizes, text, count, key);
        Long before = results.putIfAbsent(counting, result);
        if (before != null && before != result) {
          violations.add("twice: " + counting);
        } else if (before == null && !seen.add(result)) {
          violations.add("another's result: " + counting);
        } else if (before != null) {
          shared++;
        }
      }
    }
    System.out.println(results.size() + " different calls, " + shared + " shared a result");
    return violations;
  }

  private static @Nullable String oneOf(Random random, @Nullable String... all) {
    return all[random.nextInt(all.length)];
  }

  @Test
  @DisplayName("P1, P2: calls share a result if and only if all that counts is equal")
  void callsShareIfAndOnlyIfWhatCountsIsEqual() {
    assertThat(violations(right(method().identifiedBy("region", "sizes()").withReceiverClass())))
        .isEmpty();
  }

  @Test
  @DisplayName("P2, twin: a key without the receiver is found out")
  void twinWithoutTheReceiver() {
    assertThat(violations(right(method().ignoringReceiver().withReceiverClass())))
        .anyMatch(violation -> violation.startsWith("another's result"));
  }

  @Test
  @DisplayName("P2, twin: a key without one of the receiver's members is found out")
  void twinWithoutAMember() {
    assertThat(violations(right(method().identifiedBy("sizes()").withReceiverClass())))
        .anyMatch(violation -> violation.startsWith("another's result"));
  }

  @Test
  @DisplayName("P2, twin: a key without the receiver's class is found out")
  void twinWithoutTheClass() {
    assertThat(violations(right(method().identifiedBy("region", "sizes()"))))
        .anyMatch(violation -> violation.startsWith("another's result"));
  }

  @Test
  @DisplayName("P2, twin: a key without the secret is found out")
  void twinWithoutTheSecret() {
    InstanceMethod ask =
        method().identifiedBy("region", "sizes()").withReceiverClass().ofInstances();

    assertThat(
            violations(
                (service, text, count, client, key) -> {
                  ThrowingFunction<SecretIgnored, Long, RuntimeException> body =
                      args -> service.ask(args.text(), args.count(), args.client(), args.key());
                  return ask.on(service, SecretIgnored.class, body)
                      .call(new SecretIgnored(text, count, client, key));
                }))
        .anyMatch(violation -> violation.startsWith("another's result"));
  }

  @Test
  @DisplayName("P1, twin: a key with the ignored parameter is found out")
  void twinWithTheIgnoredParameter() {
    InstanceMethod ask =
        method().identifiedBy("region", "sizes()").withReceiverClass().ofInstances();

    assertThat(
            violations(
                (service, text, count, client, key) -> {
                  ThrowingFunction<NothingIgnored, Long, RuntimeException> body =
                      args -> service.ask(args.text(), args.count(), args.client(), args.key());
                  return ask.on(service, NothingIgnored.class, body)
                      .call(new NothingIgnored(text, count, client, key));
                }))
        .anyMatch(violation -> violation.startsWith("twice"));
  }
}
