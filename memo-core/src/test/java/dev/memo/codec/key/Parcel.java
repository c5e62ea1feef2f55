package dev.memo.codec.key;

import dev.memo.codec.KeyEncoder;
import dev.memo.codec.KeyWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A class of one's own that writes any number of parts of any type. */
class Parcel {
  final List<@Nullable Object> parts;

  Parcel(List<@Nullable Object> parts) {
    this.parts = parts;
  }

  /** Another class with the same parts. */
  static final class Packet extends Parcel {
    Packet(List<@Nullable Object> parts) {
      super(parts);
    }
  }

  /** Registered as a service. */
  public static final class ParcelEncoder implements KeyEncoder<Parcel> {
    @Override
    public Class<Parcel> type() {
      return Parcel.class;
    }

    @Override
    public void encode(Parcel parcel, KeyWriter out) {
      parcel.parts.forEach(out::write);
    }
  }

  /** Registered as a service. */
  public static final class PacketEncoder implements KeyEncoder<Packet> {
    @Override
    public Class<Packet> type() {
      return Packet.class;
    }

    @Override
    public void encode(Packet packet, KeyWriter out) {
      packet.parts.forEach(out::write);
    }
  }
}
