package dev.memo.codec;

import java.util.List;

/** A serializer of a class that consists of named parts. */
interface Structured {
  List<Slot> slots();
}
