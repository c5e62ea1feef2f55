package dev.memo.call;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The instructions of one method as a list of parts: strings, and {@link Id}s where the code names
 * a method of its own class. Equal code gives equal parts, wherever constants and debug information
 * lie in the class file.
 */
record MethodCode(Id id, boolean isBridge, List<Object> parts) {

  /** A method of the class that is read. */
  record Id(String name, String descriptor) {}

  /** Reads all methods of a class, in the order of the file. */
  static Map<Id, MethodCode> read(ClassReader reader) {
    Map<Id, MethodCode> methods = new LinkedHashMap<>();
    ClassVisitor visitor =
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] exceptions) {
            Id id = new Id(name, descriptor);
            List<Object> parts = new ArrayList<>();
            methods.put(id, new MethodCode(id, (access & Opcodes.ACC_BRIDGE) != 0, parts));
            return new Reader(reader.getClassName(), parts);
          }
        };
    reader.accept(visitor, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return methods;
  }

  private static final class Reader extends MethodVisitor {
    private final String owner;
    private final List<Object> parts;
    private final Map<Label, Integer> labels = new HashMap<>();

    Reader(String owner, List<Object> parts) {
      super(Opcodes.ASM9);
      this.owner = owner;
      this.parts = parts;
    }

    private void add(Object... more) {
      for (Object part : more) {
        parts.add(part.toString());
      }
    }

    private String name(Label label) {
      return "label " + labels.computeIfAbsent(label, unseen -> labels.size());
    }

    private void addMethod(String methodOwner, String name, String descriptor) {
      if (methodOwner.equals(owner)) {
        parts.add(new Id(name, descriptor));
      } else {
        add(methodOwner, name, descriptor);
      }
    }

    private void addHandle(Handle handle) {
      add("handle", handle.getTag());
      addMethod(handle.getOwner(), handle.getName(), handle.getDesc());
    }

    /** The class counts: 1 and 1L, "I" and the type int. */
    private void addConstant(Object constant) {
      if (constant instanceof Handle handle) {
        addHandle(handle);
      } else if (constant instanceof ConstantDynamic dynamic) {
        add("dynamic", dynamic.getName(), dynamic.getDescriptor());
        addHandle(dynamic.getBootstrapMethod());
        add(dynamic.getBootstrapMethodArgumentCount());
        for (int i = 0; i < dynamic.getBootstrapMethodArgumentCount(); i++) {
          addConstant(dynamic.getBootstrapMethodArgument(i));
        }
      } else {
        add(constant.getClass().getSimpleName(), constant);
      }
    }

    @Override
    public void visitInsn(int opcode) {
      add(opcode);
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
      add(opcode, operand);
    }

    @Override
    public void visitVarInsn(int opcode, int index) {
      add(opcode, index);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      add(opcode, type);
    }

    @Override
    public void visitFieldInsn(int opcode, String fieldOwner, String name, String descriptor) {
      add(opcode, fieldOwner, name, descriptor);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String methodOwner, String name, String descriptor, boolean isInterface) {
      add(opcode);
      addMethod(methodOwner, name, descriptor);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      add(Opcodes.INVOKEDYNAMIC, name, descriptor);
      addHandle(bootstrap);
      add(arguments.length);
      for (Object argument : arguments) {
        addConstant(argument);
      }
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
      add(opcode, name(label));
    }

    @Override
    public void visitLabel(Label label) {
      add(name(label));
    }

    @Override
    public void visitLdcInsn(Object value) {
      add(Opcodes.LDC);
      addConstant(value);
    }

    @Override
    public void visitIincInsn(int index, int increment) {
      add(Opcodes.IINC, index, increment);
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... cases) {
      add(Opcodes.TABLESWITCH, min, max, name(otherwise));
      for (Label target : cases) {
        add(name(target));
      }
    }

    @Override
    public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] cases) {
      add(Opcodes.LOOKUPSWITCH, name(otherwise), keys.length);
      for (int i = 0; i < keys.length; i++) {
        add(keys[i], name(cases[i]));
      }
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
      add(Opcodes.MULTIANEWARRAY, descriptor, dimensions);
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
      add("try", name(start), name(end), name(handler), String.valueOf(type));
    }
  }
}
