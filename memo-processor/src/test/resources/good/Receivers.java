package com.acme;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Cached;
import dev.memo.annotation.Receiver;
import dev.memo.annotation.Secret;
import java.util.List;

/** Classes that a wrapper can neither extend nor implement: the receiver comes first. */
final class Receivers {
  private Receivers() {}

  /** Its content identifies it. */
  public record Vector(double x, double y) {
    @Cached("receivers.memo")
    public double norm() {
      return Math.hypot(x, y);
    }

    @Cached("receivers.memo")
    public Vector plus(Vector vector, double... more) {
      return new Vector(x + vector.x + more.length, y + vector.y);
    }
  }

  /** What is marked identifies it. */
  record Client(@CacheIdentity String region, Object connection) {
    @Cached("receivers.memo")
    int ask(String question) {
      return question.length();
    }
  }

  /** What is marked must not be readable. */
  record Account(@CacheIdentity @Secret String token) {
    @Cached("receivers.memo")
    int balance(int year) {
      return year + token.length();
    }

    @Cached("receivers.memo")
    int pay(@Secret String pin, int amount) {
      return pin.length() + amount;
    }

    @Cached(value = "receivers.memo", receiver = Receiver.IGNORED)
    int fee(int amount, int year) {
      return amount / year;
    }
  }

  /** Inherits what must not be readable. */
  static final class Savings implements Owned {
    private final String owner;

    Savings(String owner) {
      this.owner = owner;
    }

    @Override
    public String owner() {
      return owner;
    }

    @Cached("receivers.memo")
    int interest(int year) {
      return year + owner.length();
    }
  }

  interface Owned {
    @CacheIdentity
    @Secret
    String owner();
  }

  enum Operation {
    PLUS,
    MINUS {
      @Override
      int sign() {
        return -1;
      }
    };

    int sign() {
      return 1;
    }

    @Cached("receivers.memo")
    int apply(int a, int b) {
      return a + sign() * b;
    }
  }

  sealed interface Figure {
    @Cached("receivers.memo")
    double area();

    record Circle(double radius) implements Figure {
      @Override
      public double area() {
        return 3 * radius * radius;
      }
    }

    record Square(double side) implements Figure {
      @Override
      public double area() {
        return side * side;
      }
    }
  }

  sealed interface Endpoint {
    @Cached("receivers.memo")
    default int ask(String text) {
      return text.length();
    }

    record Open(String url) implements Endpoint {}

    record Keyed(@CacheIdentity String url, @CacheIdentity @Secret String key, Thread owner)
        implements Endpoint {}
  }

  record Login(String user, @Secret String password) {}

  @Cached("receivers.memo")
  static int balance(Login login, List<Login> others, int year) {
    return year;
  }

  static final class Parser {
    @Cached(value = "receivers.memo", receiver = Receiver.IGNORED)
    List<String> parse(String text) {
      return List.of(text.split(" ", -1));
    }
  }

  abstract static class Task {
    @CacheIdentity private final String id = "task";

    @Cached("receivers.memo")
    int cost(int amount) {
      return amount * price();
    }

    abstract int price();

    @Override
    public String toString() {
      return id;
    }
  }

  static class Private {
    @CacheIdentity final String id = "private";

    private Private() {}

    static Private make() {
      return new Private();
    }

    @Cached("receivers.memo")
    int size() {
      return id.length();
    }
  }

  static final class Box<T extends Comparable<T>> {
    @CacheIdentity final T content;

    Box(T content) {
      this.content = content;
    }

    @Cached("receivers.memo")
    int hash() {
      return content.hashCode();
    }

    @Cached("receivers.memo")
    <U> boolean contains(T one, List<? super U> all, U other) {
      return content.equals(one) && all.contains(other);
    }
  }
}
