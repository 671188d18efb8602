package dev.enclave.emulators.internal.aws.kms;

import dev.enclave.emulators.internal.aws.common.Caller;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One call of an operation. For one thread. */
final class Call {

  private final String operation;
  private final Input input;
  private final Caller caller;
  private final Instant now;
  private @Nullable String keyId;

  Call(String operation, Input input, Caller caller, Instant now) {
    this.operation = operation;
    this.input = input;
    this.caller = caller;
    this.now = now;
  }

  String operation() {
    return operation;
  }

  Input input() {
    return input;
  }

  Caller caller() {
    return caller;
  }

  Instant now() {
    return now;
  }

  /** For the journal. */
  void concerns(String id) {
    keyId = id;
  }

  Optional<String> keyId() {
    return Optional.ofNullable(keyId);
  }
}
