package dev.memo.codec;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The example of {@link Codec}: a class of the JDK that memo does not store. */
public final class AddressCodec implements Codec<InetAddress> {
  @Override
  public String id() {
    return "address/1";
  }

  @Override
  public byte[] encode(InetAddress address) {
    return address.getAddress();
  }

  @Override
  public InetAddress decode(byte[] bytes) throws UnknownHostException {
    return InetAddress.getByAddress(bytes);
  }
}
