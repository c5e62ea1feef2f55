package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.failure.UncacheableArgumentException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ManyThreadsTest {
  record Item(int thread, List<String> names) {}

  @Test
  void manyThreadsEncodeAndDecodeThroughOneFormat() throws Exception {
    ResultFormat<Item> format = ResultFormat.of(Item.class, List.of());
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int thread = 0; thread < 16; thread++) {
        int number = thread;
        tasks.add(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                Item item = new Item(number, List.of("a".repeat(i % 100), "b" + number));
                if (!ResultFormatTest.decode(format, format.encode(item)).equals(item)) {
                  return false;
                }
              }
              return true;
            });
      }
      for (Future<Boolean> done : threads.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
        assertThat(done.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void argumentThatChangesIsEncodedInSomeStateOrRefused() throws Exception {
    Map<Integer, List<Integer>> changing = new HashMap<>();
    List<Integer> list = new ArrayList<>();
    changing.put(-1, list);
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                changing.put(i % 100, List.of(i));
                changing.remove((i + 50) % 100);
                list.add(i);
                if (list.size() > 100) {
                  list.clear();
                }
              }
            });
    writer.start();
    try {
      ArgumentsFormat<Object> format = ArgumentsFormat.ofOne(Map.class);
      for (int i = 0; i < 20_000; i++) {
        try {
          assertThat(format.encode(changing)).isNotEmpty();
        } catch (UncacheableArgumentException refused) {
          assertThat(refused).hasMessageStartingWith("argument");
        }
      }
    } finally {
      stop.set(true);
      writer.join();
    }
  }
}
