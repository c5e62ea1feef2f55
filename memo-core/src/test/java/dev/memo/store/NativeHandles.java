package dev.memo.store;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;

/**
 * Knows every object of RocksDB that was made in this JVM and not closed: an agent adds a call of
 * {@link #made} to their common constructor. RocksDB itself frees nothing that was forgotten.
 */
public final class NativeHandles {
  private static final String REFERENCE = "org/rocksdb/AbstractImmutableNativeReference";
  private static final int SWEEP = 10_000;

  private static final Queue<AbstractImmutableNativeReference> MADE = new ConcurrentLinkedQueue<>();
  private static final AtomicInteger MADE_COUNT = new AtomicInteger();

  private NativeHandles() {}

  /** The option of a child JVM that makes it know its handles. */
  public static String agentOption(Path folder) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), Agent.class.getName());
    Path agent = folder.resolve("agent.jar"); // of a manifest only: the class path has the class
    try (OutputStream file = Files.newOutputStream(agent)) {
      new JarOutputStream(file, manifest).close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return "-javaagent:" + agent;
  }

  /** Called by the constructor. */
  public static void made(AbstractImmutableNativeReference reference) {
    if (reference instanceof ReadOptions
        && StackWalker.getInstance()
            .walk(frames -> frames.anyMatch(NativeHandles::makesDatabase))) {
      return;
    }
    MADE.add(reference);
    if (MADE_COUNT.incrementAndGet() % SWEEP == 0) {
      MADE.removeIf(one -> !one.isOwningHandle());
    }
  }

  /** RocksDB never closes the options that it makes for each database (its issue 15036). */
  private static boolean makesDatabase(StackWalker.StackFrame frame) {
    return frame.getClassName().equals(RocksDB.class.getName())
        && frame.getMethodName().equals("<init>");
  }

  /** How many are open, by class. */
  static Map<String, Long> open() {
    Map<String, Long> open = new TreeMap<>();
    for (AbstractImmutableNativeReference one : MADE) {
      if (one.isOwningHandle()) {
        open.merge(one.getClass().getSimpleName(), 1L, Long::sum);
      }
    }
    return open;
  }

  /** Apart, because the class to be changed must not be loaded with it. */
  static final class Agent {
    private Agent() {}

    public static void premain(String unused, Instrumentation instrumentation) {
      instrumentation.addTransformer(
          new ClassFileTransformer() {
            @Override
            public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                String name,
                @Nullable Class<?> redefined,
                ProtectionDomain domain,
                byte[] bytes) {
              return name.equals(REFERENCE) ? announcing(bytes) : null;
            }
          });
    }

    private static byte[] announcing(byte[] bytes) {
      ClassReader reader = new ClassReader(bytes);
      ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
      reader.accept(
          new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
              MethodVisitor method =
                  super.visitMethod(access, name, descriptor, signature, exceptions);
              return name.equals("<init>") ? announcing(method) : method;
            }
          },
          0);
      return writer.toByteArray();
    }

    private static MethodVisitor announcing(MethodVisitor constructor) {
      return new MethodVisitor(Opcodes.ASM9, constructor) {
        @Override
        public void visitInsn(int opcode) {
          if (opcode == Opcodes.RETURN) {
            visitVarInsn(Opcodes.ALOAD, 0);
            visitMethodInsn(
                Opcodes.INVOKESTATIC,
                NativeHandles.class.getName().replace('.', '/'),
                "made",
                "(L" + REFERENCE + ";)V",
                false);
          }
          super.visitInsn(opcode);
        }
      };
    }
  }
}
