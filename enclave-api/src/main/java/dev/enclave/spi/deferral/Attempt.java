package dev.enclave.spi.deferral;

import dev.enclave.error.ErrorCode;
import java.time.Instant;
import java.util.Optional;

/** How an attempt ended. */
public sealed interface Attempt {

  /**
   * The operation is done, and recorded.
   *
   * @param result its text form
   */
  record Done(String result) implements Attempt {}

  /**
   * It may succeed later.
   *
   * @param error what happened
   * @param at when another attempt is worth while, by this machine's clock, if that is known
   */
  record Later(ErrorCode error, Optional<Instant> at) implements Attempt {}

  /**
   * It will not succeed.
   *
   * @param error why
   */
  record Failed(ErrorCode error) implements Attempt {}
}
