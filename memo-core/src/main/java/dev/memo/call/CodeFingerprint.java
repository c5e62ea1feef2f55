package dev.memo.call;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.memo.codec.Sha256;
import dev.memo.codec.type.ClassFile;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Type;

/**
 * Hash of a method's bytecode, to notice that its code has changed since a result was stored.
 *
 * <p>Covers the instructions and constants of the method and of all methods of the same class that
 * it reaches, lambda bodies included; line numbers, names of variables, and names and order of the
 * methods do not count. Other classes and static initialisers are not looked at. The same source
 * has another fingerprint when another compiler translates it differently.
 */
public final class CodeFingerprint {
  private static final Logger LOG = System.getLogger(CodeFingerprint.class.getName());

  /** What {@link #of} returns if the code is unknown. */
  public static final long UNKNOWN = 0;

  private CodeFingerprint() {}

  /** The fingerprint of a method, or {@link #UNKNOWN} if its class file cannot be read. */
  public static long of(Class<?> declaring, String method, Class<?>... parameters) {
    try {
      byte[] classFile = ClassFile.of(declaring);
      if (classFile != null) {
        return of(classFile, method, parameters);
      }
      LOG.log(Level.DEBUG, "no code fingerprint: {0} has no class file", declaring);
    } catch (IOException | RuntimeException e) {
      LOG.log(
          Level.DEBUG, () -> "no code fingerprint: cannot read the class file of " + declaring, e);
    }
    return UNKNOWN;
  }

  /**
   * The fingerprint of what an object of a class runs when this instance method is called: its own
   * method, or that of the nearest class that it extends, or a default method.
   */
  public static long ofReceiver(Class<?> receiver, String method, Class<?>... parameters) {
    try {
      for (Class<?> type = receiver; type != null; type = type.getSuperclass()) {
        Method found = declared(type, method, parameters);
        if (found != null && isRun(found)) {
          return found.isBridge() ? ofBridged(receiver, found) : of(type, method, parameters);
        }
      }
      return of(receiver.getMethod(method, parameters).getDeclaringClass(), method, parameters);
    } catch (NoSuchMethodException | LinkageError e) {
      // a class that only another method names may be missing
      LOG.log(
          Level.DEBUG, () -> "no code fingerprint: cannot find " + method + " of " + receiver, e);
      return UNKNOWN;
    }
  }

  /**
   * Of the method that a bridge leads to, which takes more special types, and may be in any class;
   * where several could be it, of the bridge, and what that calls in its own class.
   */
  private static long ofBridged(Class<?> receiver, Method bridge) {
    for (Class<?> type = receiver; type != null; type = type.getSuperclass()) {
      List<Method> fitting =
          Arrays.stream(type.getDeclaredMethods())
              .filter(method -> isRun(method) && !method.isBridge() && fits(method, bridge))
              .toList();
      if (fitting.size() == 1) {
        return of(type, bridge.getName(), fitting.get(0).getParameterTypes());
      } else if (!fitting.isEmpty()) {
        break;
      }
    }
    return of(bridge.getDeclaringClass(), bridge.getName(), bridge.getParameterTypes());
  }

  private static boolean fits(Method method, Method bridge) {
    Class<?>[] special = method.getParameterTypes();
    Class<?>[] general = bridge.getParameterTypes();
    return method.getName().equals(bridge.getName())
        && special.length == general.length
        && IntStream.range(0, special.length).allMatch(i -> general[i].isAssignableFrom(special[i]))
        && bridge.getReturnType().isAssignableFrom(method.getReturnType());
  }

  private static boolean isRun(Method method) {
    return (method.getModifiers() & (Modifier.STATIC | Modifier.ABSTRACT | Modifier.PRIVATE)) == 0;
  }

  private static @Nullable Method declared(Class<?> type, String name, Class<?>... parameters) {
    try {
      return type.getDeclaredMethod(name, parameters);
    } catch (NoSuchMethodException e) {
      return null;
    }
  }

  /** As above, of a class file; unlike there, an odd one throws whatever it causes. */
  static long of(byte[] classFile, String method, Class<?>... parameters) {
    Map<MethodCode.Id, MethodCode> methods = MethodCode.read(new ClassReader(classFile));
    MethodCode bridge = null;
    for (MethodCode code : methods.values()) {
      if (code.id().name().equals(method) && takes(code.id(), parameters)) {
        if (!code.isBridge()) {
          return hash(code, methods);
        }
        bridge = code; // none but it takes these types; what it calls is looked at as well
      }
    }
    if (bridge != null) {
      return hash(bridge, methods);
    }
    throw new IllegalArgumentException("the class file has no method " + method);
  }

  private static boolean takes(MethodCode.Id id, Class<?>... parameters) {
    Type[] types = Type.getArgumentTypes(id.descriptor());
    if (types.length != parameters.length) {
      return false;
    }
    for (int i = 0; i < types.length; i++) {
      if (!types[i].equals(Type.getType(parameters[i]))) {
        return false;
      }
    }
    return true;
  }

  /** Methods are numbered in the order in which they are met, which is part of the hash. */
  private static long hash(MethodCode root, Map<MethodCode.Id, MethodCode> methods) {
    MessageDigest sha = Sha256.digest();
    Map<MethodCode.Id, Integer> numbers = new LinkedHashMap<>();
    List<MethodCode> met = new ArrayList<>(List.of(root));
    numbers.put(root.id(), 0);
    try (DataOutputStream out =
        new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha))) {
      for (int next = 0; next < met.size(); next++) {
        MethodCode code = met.get(next);
        write(out, "method " + code.id().descriptor());
        for (Object part : code.parts()) {
          if (part instanceof MethodCode.Id callee) {
            MethodCode called = methods.get(callee);
            if (called == null) {
              write(out, "inherited " + callee);
              continue;
            }
            if (numbers.putIfAbsent(callee, met.size()) == null) {
              met.add(called);
            }
            write(out, "own " + numbers.get(callee));
          } else {
            write(out, part.toString());
          }
        }
      }
    } catch (IOException e) {
      throw new AssertionError("a digest does no input or output", e);
    }
    long hash = ByteBuffer.wrap(sha.digest()).getLong();
    return hash == UNKNOWN ? 1 : hash;
  }

  /** Written with its length: parts must not run into each other. */
  private static void write(DataOutputStream out, String part) throws IOException {
    byte[] bytes = part.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
