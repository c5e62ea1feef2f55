package dev.memo.codec.key;

import dev.memo.codec.type.ClassFile;
import dev.memo.codec.type.Shapes;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Which types have an {@code equals} that surely agrees with their canonical bytes. The types are
 * final, so that the declared type tells the class of every value; BigDecimal and BigInteger are
 * not among them: they can be extended.
 */
final class PlainEquality {
  private static final Set<Class<?>> PLAIN =
      Set.of(
          boolean.class,
          byte.class,
          short.class,
          char.class,
          int.class,
          long.class,
          float.class,
          double.class,
          Boolean.class,
          Byte.class,
          Short.class,
          Character.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          String.class,
          UUID.class,
          Instant.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          ZoneOffset.class,
          ZoneId.class,
          OffsetTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class,
          Duration.class,
          Period.class,
          Year.class,
          YearMonth.class,
          MonthDay.class);

  private PlainEquality() {}

  static boolean of(Type type) {
    return of(type, new HashSet<>());
  }

  private static boolean of(Type type, Set<Class<?>> outer) {
    if (Shapes.erase(type) == Class.class) {
      return true;
    }
    if (!(type instanceof Class<?> c)) {
      return false;
    }
    if (PLAIN.contains(c)) {
      return true;
    }
    if (KeyForms.isDescribed(c)) {
      return false;
    }
    return c.isEnum() || (c.isRecord() && ofRecord(c, outer));
  }

  private static boolean ofRecord(Class<?> record, Set<Class<?>> outer) {
    if (!outer.add(record)) {
      return false; // may be nested deeper than the stack of whoever compares it
    }
    for (RecordComponent component : record.getRecordComponents()) {
      if (KeyForms.isSecret(component) || !of(component.getGenericType(), outer)) {
        return false;
      }
    }
    outer.remove(record);
    return hasMethodsOfTheCompiler(record);
  }

  /**
   * Whether {@code equals} and {@code hashCode} are those that the compiler makes for records. They
   * look like others to reflection; only their code tells.
   */
  private static boolean hasMethodsOfTheCompiler(Class<?> record) {
    try {
      byte[] classFile = ClassFile.of(record);
      if (classFile == null) {
        return false;
      }
      MadeByCompiler made = new MadeByCompiler();
      new ClassReader(classFile).accept(made, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
      return made.methods.contains("equals") && made.methods.contains("hashCode");
    } catch (IOException | RuntimeException e) {
      return false; // a class file that cannot be read proves nothing; keys are then bytes
    }
  }

  /** Collects the methods that call the bootstrap method of records. */
  private static final class MadeByCompiler extends ClassVisitor {
    final Set<String> methods = new HashSet<>();

    MadeByCompiler() {
      super(Opcodes.ASM9);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      boolean isEquals = name.equals("equals") && descriptor.equals("(Ljava/lang/Object;)Z");
      boolean isHashCode = name.equals("hashCode") && descriptor.equals("()I");
      return new MethodVisitor(Opcodes.ASM9) {
        @Override
        public void visitInvokeDynamicInsn(
            String callee, String calleeDescriptor, Handle bootstrap, Object... arguments) {
          if ((isEquals || isHashCode)
              && bootstrap.getOwner().equals("java/lang/runtime/ObjectMethods")) {
            methods.add(name);
          }
        }
      };
    }
  }
}
