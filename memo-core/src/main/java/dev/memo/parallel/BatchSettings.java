package dev.memo.parallel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a batch was told to do, whatever its function and inputs. */
record BatchSettings(
    int threads,
    boolean virtual,
    boolean ordered,
    FailurePolicy failures,
    RetryPolicy retry,
    @Nullable Duration timeout,
    @Nullable ProgressListener listener) {}
