package dev.enclave.kit.claim;

import java.io.IOException;

/** A file or directory that others could read or swap; the message says how to mend it. */
public final class UnsafeFileException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String observed;
  private final String advice;

  /**
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences: nothing that touches what is another user's or the
   *     system's, and nothing that leads away from keys that are there
   */
  public UnsafeFileException(String observed, String advice) {
    super(observed + " " + advice);
    this.observed = observed;
    this.advice = advice;
  }

  /** What was seen. */
  public String observed() {
    return observed;
  }

  /** What to do. */
  public String advice() {
    return advice;
  }
}
