package dev.memo.codec;

/**
 * Writes and reads the results of a function; for those that memo's own codec refuses, or that
 * should be stored in another form.
 *
 * <p>A codec of an annotated method is created by its public constructor: one that takes the {@link
 * TypeRef} of the result, else one that takes nothing. Null results never reach a codec.
 * <b>Threads</b>: must be safe for use by many threads.
 *
 * <pre>{@code
 * public final class AddressCodec implements Codec<InetAddress> {
 *   @Override
 *   public String id() {
 *     return "address/1";
 *   }
 *
 *   @Override
 *   public byte[] encode(InetAddress address) {
 *     return address.getAddress();
 *   }
 *
 *   @Override
 *   public InetAddress decode(byte[] bytes) throws UnknownHostException {
 *     return InetAddress.getByAddress(bytes);
 *   }
 * }
 * }</pre>
 */
public interface Codec<T> {

  /**
   * Names the format of the bytes, and its version. Entries of another id are never given to {@link
   * #decode}: change it when bytes written before cannot be read any more, or mean something else.
   * Nor are those of a result type that shows other classes now: other components, fields,
   * constants or permitted subtypes. Of classes that the type does not show, only the id tells.
   */
  String id();

  /**
   * Returns the bytes of a value.
   *
   * @throws Exception of any kind if the value cannot be stored; the caller of the function gets
   *     the value all the same
   */
  byte[] encode(T value) throws Exception;

  /**
   * Returns a value equal to the one that was encoded; one that shares no mutable part with any
   * other result.
   *
   * @throws Exception of any kind if the bytes are damaged: a miss. Errors are too, except for
   *     those of the virtual machine
   */
  T decode(byte[] bytes) throws Exception;
}
