package dev.enclave.software.internal.disk;

import dev.enclave.kit.claim.UnsafeFileException;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a failed file operation means for the caller; the advice is never that others' files are
 * given away, nor that the service goes where it has no keys.
 */
public final class DiskFailures {

  private DiskFailures() {}

  public static BackendFailure reading(Path path, IOException e) {
    return notRead(path, e).naming(path.toString());
  }

  private static BackendFailure notRead(Path path, IOException e) {
    if (e instanceof AccessDeniedException) {
      return Texts.MAY_NOT_READ.permanent(FailureCode.ACCESS_DENIED, path);
    }
    return common(path, "read", e);
  }

  /** The path was left as it is. */
  public static BackendFailure writing(Path path, IOException e) {
    return notWritten(path, e).naming(path.toString());
  }

  private static BackendFailure notWritten(Path path, IOException e) {
    if (e instanceof LostClaimException lost) {
      return Texts.LEFT_AS_IT_IS.transientFailure(
          FailureCode.UNAVAILABLE, path, String.valueOf(lost.getMessage()));
    }
    if (e instanceof UnsafeFileException) {
      return common(path, "written", e);
    }
    if (e instanceof AccessDeniedException) {
      return Texts.MAY_NOT_WRITE.permanent(FailureCode.ACCESS_DENIED, path);
    }
    Path directory = path.getParent() == null ? path : path.getParent();
    try {
      var disk = Files.getFileStore(directory);
      if (disk.isReadOnly()) {
        return Texts.READ_ONLY_FILE_SYSTEM.permanent(FailureCode.REFUSED, path);
      }
      // Pseudo file systems have no space at all, and fail for other reasons.
      if (disk.getTotalSpace() > 0 && disk.getUsableSpace() == 0) {
        return Texts.NO_SPACE.transientFailure(FailureCode.UNAVAILABLE, path);
      }
    } catch (IOException unknown) {
      return common(path, "written", e);
    }
    return common(path, "written", e);
  }

  /** Changed, but perhaps not durably so. */
  public static BackendFailure syncing(Path directory, IOException e) {
    return Texts.NOT_DURABLE
        .ambiguous(FailureCode.UNAVAILABLE, directory, e.getClass().getSimpleName())
        .naming(directory.toString());
  }

  private static BackendFailure common(Path path, String verb, IOException e) {
    if (e instanceof UnsafeFileException unsafe) {
      return BackendFailure.permanent(FailureCode.REFUSED, unsafe.observed(), unsafe.advice());
    }
    if (e instanceof ClosedByInterruptException) {
      return Texts.INTERRUPTED_BEFORE.transientFailure(FailureCode.UNAVAILABLE, path, verb);
    }
    return Texts.DISK_FAILED.transientFailure(
        FailureCode.UNAVAILABLE, path, verb, e.getClass().getSimpleName());
  }
}
