package dev.enclave.emulators.internal.http;

import dev.enclave.emulators.wire.ServiceResponse;

/**
 * How long the body of a request may be. A longer one reaches neither the service nor the journal.
 *
 * @param mostBytes that are taken
 * @param tooLong the answer to a longer one
 */
public record BodyLimit(long mostBytes, ServiceResponse tooLong) {

  /** 4 MiB, which is more than a service takes that names no limit; answered with 413 alone. */
  public static final BodyLimit ANY_SERVICE =
      new BodyLimit(4 << 20, ServiceResponse.of(413, new byte[0]));
}
