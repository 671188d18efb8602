package dev.enclave.software.internal.disk;

import dev.enclave.kit.claim.UnsafeFileException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a failed file operation means for the caller. */
public final class DiskFailures {

  /** Never that others' files are given away, nor that the service goes where it has no keys. */
  private static final String AS_BEFORE = "Start the service as the user that made the keys there.";

  private DiskFailures() {}

  public static BackendFailure reading(Path path, IOException e) {
    return notRead(path, e).naming(path.toString());
  }

  private static BackendFailure notRead(Path path, IOException e) {
    if (e instanceof AccessDeniedException) {
      return BackendFailure.permanent(
          FailureCode.ACCESS_DENIED, "This process may not read " + path + ".", AS_BEFORE);
    }
    return common(path, "read", e);
  }

  /** The path was left as it is. */
  public static BackendFailure writing(Path path, IOException e) {
    return notWritten(path, e).naming(path.toString());
  }

  private static BackendFailure notWritten(Path path, IOException e) {
    if (e instanceof LostClaimException lost) {
      return BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE, path + " was left as it is: " + lost.getMessage());
    }
    if (e instanceof UnsafeFileException) {
      return common(path, "written", e);
    }
    if (e instanceof AccessDeniedException) {
      return BackendFailure.permanent(
          FailureCode.ACCESS_DENIED, "This process may not write " + path + ".", AS_BEFORE);
    }
    Path directory = path.getParent() == null ? path : path.getParent();
    try {
      var disk = Files.getFileStore(directory);
      if (disk.isReadOnly()) {
        return BackendFailure.permanent(
            FailureCode.REFUSED, path + " is on a read-only file system.", "Mount it writable.");
      }
      // Pseudo file systems have no space at all, and fail for other reasons.
      if (disk.getTotalSpace() > 0 && disk.getUsableSpace() == 0) {
        return BackendFailure.transientFailure(
            FailureCode.UNAVAILABLE, "No space is left to write " + path + ".", "Free some.");
      }
    } catch (IOException unknown) {
      return common(path, "written", e);
    }
    return common(path, "written", e);
  }

  /** Changed, but perhaps not durably so. */
  public static BackendFailure syncing(Path directory, IOException e) {
    return BackendFailure.ambiguous(
            FailureCode.UNAVAILABLE,
            "Directory "
                + directory
                + " was changed but could not be made durable ("
                + e.getClass().getSimpleName()
                + ").")
        .advising("Repeat the call; if it fails again, check the disk.")
        .naming(directory.toString());
  }

  private static BackendFailure common(Path path, String verb, IOException e) {
    if (e instanceof UnsafeFileException unsafe) {
      return BackendFailure.permanent(FailureCode.REFUSED, unsafe.observed(), unsafe.advice());
    }
    if (e instanceof ClosedByInterruptException) {
      return BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          "The thread was interrupted before " + path + " was " + verb + ".",
          "Repeat the call.");
    }
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        path + " could not be " + verb + " (" + e.getClass().getSimpleName() + ").",
        "Check the disk and its free space.");
  }
}
