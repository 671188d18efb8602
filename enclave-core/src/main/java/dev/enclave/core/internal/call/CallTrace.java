package dev.enclave.core.internal.call;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an operation's attempts leave for the audit record. Used by one thread. */
public final class CallTrace {

  private final String operationId;
  private @Nullable String providerRequestId;
  private boolean outcomeUnknown;

  public CallTrace(String operationId) {
    this.operationId = operationId;
  }

  public String operationId() {
    return operationId;
  }

  public Optional<String> providerRequestId() {
    return Optional.ofNullable(providerRequestId);
  }

  /** Whether a change may or may not have been carried out. */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  /** Notes the provider's id of the newest request. */
  public void providerRequestId(Optional<String> id) {
    id.ifPresent(value -> this.providerRequestId = value);
  }

  void outcomeUnknown(boolean unknown) {
    this.outcomeUnknown = unknown;
  }
}
