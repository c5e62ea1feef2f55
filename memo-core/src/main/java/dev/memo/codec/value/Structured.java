package dev.memo.codec.value;

import java.util.List;

/** A serializer of a class that consists of named parts. */
interface Structured {
  List<Part> parts();
}
