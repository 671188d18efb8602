package dev.enclave.spi;

import dev.enclave.KeyName;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.HealthReport;

/**
 * An opened place for keys. Makes exactly one attempt per call: no retry, no cache of answers, no
 * verification, no audit. Where the provider cannot refuse a retired version by itself, the backend
 * may go by a state that it has read or written within the last hour: how old a reading may be, the
 * engine decides for all backends, and uses a key by none that is older.
 *
 * <p>Thread-safe. Returns by {@link CallContext#deadline()} or fails with {@link
 * FailureCode#TIMEOUT}. After {@link #close()} every call fails with {@link FailureCode#CLOSED}.
 * Throws {@link BackendFailure} and nothing else.
 */
public interface SigningBackend extends AutoCloseable {

  /** What it is and can do; the same for its whole life. */
  BackendDescription describe();

  /**
   * Reads a key.
   *
   * @throws BackendFailure {@link FailureCode#NOT_FOUND} when there is none
   */
  KeySnapshot load(KeyName name, CallContext call) throws BackendFailure;

  /**
   * Creates a key with one active version. Repeatable: when the key exists and its creation carried
   * {@link CreateRequest#operationId()}, it is returned as it is.
   *
   * @throws BackendFailure {@link FailureCode#ALREADY_EXISTS} when another operation created it;
   *     class {@link FailureClass#AMBIGUOUS} when it may or may not have been created, after which
   *     the engine repeats the call
   */
  KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure;

  /**
   * Signs with exactly this version.
   *
   * @param input a message or digest that {@link BackendDescription#algorithms()} declares
   * @return the signature and the version <em>the provider says</em> made it
   * @throws BackendFailure {@link FailureCode#NOT_FOUND}; {@link FailureCode#INVALID_STATE} when
   *     the version is not active; {@link FailureCode#UNSUPPORTED} for an undeclared input
   */
  RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure;

  /**
   * Asks the provider how it is, by a call that costs little quota and creates nothing. A start
   * asks once, and {@code enclave doctor} once more: what costs more can wait for who asks again.
   */
  HealthReport health(CallContext call) throws BackendFailure;

  /** Releases connections, threads and key material. Idempotent. */
  @Override
  void close();
}
