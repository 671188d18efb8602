package dev.enclave.azure.internal.http;

import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What one call of the SDK has met on its way. Of one thread. */
public final class Attempt {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private final CallContext call;
  private @Nullable HttpAnswer last;
  private @Nullable BackendFailure withoutToken;

  Attempt(CallContext call) {
    this.call = call;
  }

  /** The attempt it is part of. */
  public CallContext call() {
    return call;
  }

  /** The last answer; none if the last request got none. */
  public Optional<Answered> answer() {
    return last instanceof Answered answered ? Optional.of(answered) : Optional.empty();
  }

  /** Why the last request got no answer. */
  public Optional<Silent> silent() {
    return last instanceof Silent silent ? Optional.of(silent) : Optional.empty();
  }

  /** Why there was no token to send. */
  public Optional<BackendFailure> withoutToken() {
    return Optional.ofNullable(withoutToken);
  }

  /** The vault's id of the request. */
  public Optional<String> requestId() {
    return header("x-ms-request-id", PLAIN);
  }

  /** The region of Azure that answered. */
  public Optional<String> region() {
    return header("x-ms-keyvault-region", PLAIN);
  }

  /** The time by the vault's clock, to the second. */
  public Optional<Instant> date() {
    return header("Date", ClockDifference.DATE).flatMap(ClockDifference::instant);
  }

  private Optional<String> header(String name, Pattern form) {
    return answer().flatMap(answered -> answered.header(name, form));
  }

  void met(HttpAnswer answer) {
    last = answer;
    requestId().ifPresent(call::requested);
    date().ifPresent(call::answeredAt);
  }

  void lacksToken(BackendFailure failure) {
    withoutToken = failure;
  }
}
