package dev.enclave.azure.internal.http;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one call of the SDK has met on its way: the SDK's own exceptions tell it in texts alone. Of
 * one thread.
 */
public final class Attempt {

  private final CallContext call;
  private @Nullable Answer last;
  private @Nullable WireException broken;
  private @Nullable BackendFailure withoutToken;

  Attempt(CallContext call) {
    this.call = call;
  }

  /** The attempt it is part of. */
  public CallContext call() {
    return call;
  }

  /** The last answer; none if the last request got none. */
  public Optional<Answer> answer() {
    return Optional.ofNullable(last);
  }

  /** Why the last request got no answer. */
  public Optional<WireException> broken() {
    return Optional.ofNullable(broken);
  }

  /** Why there was no token to send. */
  public Optional<BackendFailure> withoutToken() {
    return Optional.ofNullable(withoutToken);
  }

  /** There was no token to send. */
  public void lacksToken(BackendFailure failure) {
    withoutToken = failure;
  }

  void answered(Answer answer) {
    last = answer;
    broken = null;
    answer.requestId().ifPresent(call::requested);
    answer.date().ifPresent(call::answeredAt);
  }

  void broke(WireException exception) {
    broken = exception;
    last = null;
  }
}
