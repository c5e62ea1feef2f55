package dev.memo.codec.value;

import dev.memo.codec.type.ClassFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Tells records that keep what they are given, and give what they keep, from those whose author
 * wrote a constructor or an accessor: of these one value that came back unchanged says nothing
 * about the next. Reflection cannot tell them, the instructions can.
 */
final class PlainRecord {
  private static final Logger LOG = System.getLogger(PlainRecord.class.getName());

  private PlainRecord() {}

  /** False also of a record whose class file cannot be read. */
  static boolean is(Class<?> record) {
    try {
      byte[] classFile = ClassFile.of(record);
      return classFile != null && code(classFile).entrySet().containsAll(plain(record).entrySet());
    } catch (IOException | RuntimeException e) {
      LOG.log(
          Level.DEBUG,
          () -> "all values of " + record + " are read back: its class file cannot be read",
          e);
      return false;
    }
  }

  /** What the compiler writes, by name and descriptor of the method. */
  private static Map<String, List<String>> plain(Class<?> record) {
    RecordComponent[] components = record.getRecordComponents();
    Type[] types =
        Arrays.stream(components).map(c -> Type.getType(c.getType())).toArray(Type[]::new);
    String owner = Type.getInternalName(record);
    Map<String, List<String>> methods = new HashMap<>();
    List<String> constructor = new ArrayList<>();
    constructor.add(text(Opcodes.ALOAD, 0));
    constructor.add(text(Opcodes.INVOKESPECIAL, "java/lang/Record", "<init>", "()V"));
    int local = 1;
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      String type = types[i].getDescriptor();
      constructor.add(text(Opcodes.ALOAD, 0));
      constructor.add(text(types[i].getOpcode(Opcodes.ILOAD), local));
      constructor.add(text(Opcodes.PUTFIELD, owner, name, type));
      local += types[i].getSize();
      methods.put(
          name + "()" + type,
          List.of(
              text(Opcodes.ALOAD, 0),
              text(Opcodes.GETFIELD, owner, name, type),
              text(types[i].getOpcode(Opcodes.IRETURN))));
    }
    constructor.add(text(Opcodes.RETURN));
    methods.put("<init>" + Type.getMethodDescriptor(Type.VOID_TYPE, types), constructor);
    return methods;
  }

  private static Map<String, List<String>> code(byte[] classFile) {
    Map<String, List<String>> methods = new HashMap<>();
    ClassVisitor visitor =
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] exceptions) {
            return new Instructions(
                methods.computeIfAbsent(name + descriptor, key -> new ArrayList<>()));
          }
        };
    new ClassReader(classFile).accept(visitor, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return methods;
  }

  private static String text(int opcode, Object... operands) {
    return opcode + Arrays.toString(operands);
  }

  /** Writes down what plain code consists of; of all else that there was something else. */
  private static final class Instructions extends MethodVisitor {
    private final List<String> to;

    Instructions(List<String> to) {
      super(Opcodes.ASM9);
      this.to = to;
    }

    @Override
    public void visitInsn(int opcode) {
      to.add(text(opcode));
    }

    @Override
    public void visitVarInsn(int opcode, int local) {
      to.add(text(opcode, local));
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
      to.add(text(opcode, owner, name, descriptor));
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      to.add(text(opcode, owner, name, descriptor));
    }

    @Override
    public void visitIincInsn(int local, int increment) {
      to.add(text(Opcodes.IINC));
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
      to.add(text(opcode));
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      to.add(text(opcode));
    }

    @Override
    public void visitLdcInsn(Object constant) {
      to.add(text(Opcodes.LDC));
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      to.add(text(Opcodes.INVOKEDYNAMIC));
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
      to.add(text(opcode));
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
      to.add(text(Opcodes.TABLESWITCH));
    }

    @Override
    public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
      to.add(text(Opcodes.LOOKUPSWITCH));
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
      to.add(text(Opcodes.MULTIANEWARRAY));
    }
  }
}
