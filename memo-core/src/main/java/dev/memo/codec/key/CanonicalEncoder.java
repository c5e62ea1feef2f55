package dev.memo.codec.key;

import dev.memo.codec.Idle;
import dev.memo.codec.type.Refusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes arguments in their canonical form (see {@link KeyTag}), by the class of each value. Used
 * for one encoding at a time, by one thread.
 */
final class CanonicalEncoder {
  /** Nesting beyond this is refused, and with it every cycle. */
  static final int MAX_DEPTH = 256;

  /** An argument that shares parts can be far larger written out than it is in memory. */
  static final int MAX_BYTES = 64 << 20;

  private static final Idle<CanonicalEncoder> IDLE = new Idle<>(CanonicalEncoder::new);

  final KeyBuffer buffer = new KeyBuffer(MAX_BYTES);
  private int depth;

  private CanonicalEncoder() {}

  /** An encoder that has written nothing. */
  static CanonicalEncoder take() {
    return IDLE.take();
  }

  /** The bytes written. The encoder is not used again by its caller, neither after a failure. */
  byte[] finish() {
    byte[] bytes = buffer.toBytes();
    buffer.clear();
    IDLE.giveBack(this);
    return bytes;
  }

  /** Writes a value, tag included. */
  CanonicalEncoder write(@Nullable Object value) {
    if (value instanceof String string) {
      buffer.putByte(KeyTag.STRING).putString(string);
    } else if (value instanceof Integer number) {
      buffer.putByte(KeyTag.INT).putInt(number);
    } else if (value instanceof Long number) {
      buffer.putByte(KeyTag.LONG).putLong(number);
    } else if (value == null) {
      buffer.putByte(KeyTag.NULL);
    } else {
      writeByForm(value);
    }
    return this;
  }

  private void writeByForm(Object value) {
    if (depth == MAX_DEPTH) {
      throw new Refusal(
          "nested more than "
              + MAX_DEPTH
              + " levels deep, or contains itself; give its class a "
              + "KeyEncoder that writes what identifies it");
    }
    depth++;
    try {
      KeyForms.of(value.getClass()).write(this, value);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw Refusal.of(e);
    }
    depth--; // after a failure the encoder is not used again
  }

  /** Writes a part, and names the step to it if it is refused. */
  void writeStep(String prefix, int index, String suffix, @Nullable Object value) {
    try {
      write(value);
    } catch (RuntimeException e) {
      throw Refusal.at(prefix + index + suffix, e);
    }
  }

  /** Writes a part, and names the step to it if it is refused. */
  void writeStep(String step, @Nullable Object value) {
    try {
      write(value);
    } catch (RuntimeException e) {
      throw Refusal.at(step, e);
    }
  }

  /** Writes no more of a value than its hash, and says no more of it if it is refused. */
  void writeSecret(String step, String what, @Nullable Object value) {
    buffer.putByte(KeyTag.SECRET);
    int start = buffer.size();
    try {
      write(value);
    } catch (VirtualMachineError e) {
      if (e instanceof StackOverflowError) {
        throw refusedSecret(step, what);
      }
      throw e;
    } catch (RuntimeException | Error e) {
      throw refusedSecret(step, what); // their messages may have parts of it, so they are no cause
    }
    buffer.hashFrom(start);
  }

  private static Refusal refusedSecret(String step, String what) {
    return Refusal.at(
        step,
        new Refusal(
            "the value of "
                + what
                + " has no canonical encoding; why is not told, because it is a secret. Pass a"
                + " String, or something else that has one"));
  }

  /** Each element takes a byte at least; to copy more of them than that could exhaust memory. */
  private void requireRoom(int elements) {
    if (elements > MAX_BYTES - buffer.size()) {
      throw new Refusal(elements + " elements take more than " + MAX_BYTES + " bytes");
    }
  }

  /** Writes the elements in order. Takes a copy first: the list may be changed meanwhile. */
  void writeList(List<?> list) {
    requireRoom(list.size());
    @Nullable Object[] elements = list.toArray();
    buffer.putByte(KeyTag.LIST).putVarint(elements.length);
    for (int i = 0; i < elements.length; i++) {
      writeStep("[", i, "]", elements[i]);
    }
  }

  /** Writes the elements in the order of their bytes. */
  void writeSet(Collection<?> set) {
    requireRoom(set.size());
    @Nullable Object[] elements = set.toArray();
    buffer.putByte(KeyTag.SET).putVarint(elements.length);
    int[] starts = new int[elements.length + 1];
    for (int i = 0; i < elements.length; i++) {
      starts[i] = buffer.size();
      writeStep("[", i, "]", elements[i]);
    }
    starts[elements.length] = buffer.size();
    buffer.sort(starts);
  }

  /** Writes the pairs in the order of their bytes. */
  void writeMap(Map<?, ?> map) {
    requireRoom(map.size());
    List<@Nullable Object> keysAndValues = new ArrayList<>();
    map.forEach(
        (key, value) -> {
          keysAndValues.add(key);
          keysAndValues.add(value);
        });
    int count = keysAndValues.size() / 2;
    buffer.putByte(KeyTag.MAP).putVarint(count);
    int[] starts = new int[count + 1];
    for (int i = 0; i < count; i++) {
      starts[i] = buffer.size();
      writeStep(".keys[", i, "]", keysAndValues.get(2 * i));
      writeStep(".values[", i, "]", keysAndValues.get(2 * i + 1));
    }
    starts[count] = buffer.size();
    buffer.sort(starts);
  }
}
