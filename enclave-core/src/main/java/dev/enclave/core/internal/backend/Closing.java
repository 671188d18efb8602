package dev.enclave.core.internal.backend;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Closes several things, whatever any of them throws. */
public final class Closing {

  private Closing() {}

  /** Runs all, in this order; then throws what was thrown first, the rest suppressed in it. */
  public static void inOrder(List<Runnable> closers) {
    @Nullable Throwable first = null;
    for (Runnable closer : closers) {
      try {
        closer.run();
      } catch (RuntimeException | Error e) {
        first = joined(first, e);
      }
    }
    if (first instanceof Error error) {
      throw error;
    }
    if (first != null) {
      throw (RuntimeException) first;
    }
  }

  /** What a step gives; where it throws, this closes what had been opened before. */
  public static <T> T unless(Runnable closer, Supplier<T> step) {
    try {
      return step.get();
    } catch (RuntimeException | Error e) {
      inOrder(
          List.of(
              () -> {
                throw e;
              },
              closer));
      throw e;
    }
  }

  /** Takes a step; where it throws, this closes what had been opened before. */
  public static void unless(Runnable closer, Runnable step) {
    unless(
        closer,
        () -> {
          step.run();
          return true;
        });
  }

  private static Throwable joined(@Nullable Throwable first, Throwable next) {
    if (first == null || first == next) {
      return next;
    }
    first.addSuppressed(next);
    return first;
  }
}
