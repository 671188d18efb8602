package dev.enclave.azure.internal.http;

import java.time.Duration;
import java.util.Optional;

/** Whoever hands out tokens gave none. What it said stays out: it may quote the request. */
public final class TokenRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Optional<Duration> retryAfter;

  TokenRefusedException(int status, Optional<Duration> retryAfter) {
    super("HTTP " + status, null, false, false);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** The status of HTTP. */
  public int status() {
    return status;
  }

  /** How long to wait. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
