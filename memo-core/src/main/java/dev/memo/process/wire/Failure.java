package dev.memo.process.wire;

import dev.memo.failure.StoreException;

/** Why something was not done. The codes are part of the protocol. */
public enum Failure {
  /** The primary does not speak a version that the secondary speaks. */
  VERSION(1),
  /** Not the primary that the secondary means, or it is one no more. */
  NOT_PRIMARY(2),
  /** Another function has the id. */
  CLASH(3),
  /** The directory cannot say, or did not carry it out. */
  DIRECTORY(4),
  LOCKED(16),
  NO_SPACE(17),
  CORRUPT(18),
  TRY_AGAIN(19),
  OTHER(20);

  private final int code;

  Failure(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The failure with this code; {@link #OTHER} for one that is not known. */
  public static Failure of(int code) {
    for (Failure failure : values()) {
      if (failure.code == code) {
        return failure;
      }
    }
    return OTHER;
  }

  public static Failure of(StoreException.Reason reason) {
    return switch (reason) {
      case LOCKED -> LOCKED;
      case NO_SPACE -> NO_SPACE;
      case CORRUPT -> CORRUPT;
      case TRY_AGAIN -> TRY_AGAIN;
      case OTHER -> OTHER;
    };
  }

  public StoreException.Reason reason() {
    return switch (this) {
      case LOCKED -> StoreException.Reason.LOCKED;
      case NO_SPACE -> StoreException.Reason.NO_SPACE;
      case CORRUPT -> StoreException.Reason.CORRUPT;
      case TRY_AGAIN -> StoreException.Reason.TRY_AGAIN;
      default -> StoreException.Reason.OTHER;
    };
  }
}
