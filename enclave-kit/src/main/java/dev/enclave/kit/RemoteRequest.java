package dev.enclave.kit;

import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a service was asked, and how that failed in the engine's words. Each message says what was
 * asked, what was observed and what to do, and names the subject. What is quoted of an answer is
 * the caller's to judge: nothing that could quote the request.
 *
 * @param operation as the service's documentation or its permissions call it, such as {@code
 *     kms:Sign}
 * @param changes whether a lost answer leaves open what is there now; a signature or a ciphertext
 *     of which nobody hears changes nothing
 * @param subject what it was about: the service's name of a key, a role, {@code this account}
 */
public record RemoteRequest(String operation, boolean changes, String subject) {

  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /** As messages name it. */
  public String named() {
    return Texts.OPERATION_ON.with(operation, subject);
  }

  /**
   * The service answered with an error.
   *
   * @param observed who answered what, without a full stop
   * @param retryAfter how long the service asks to wait; taken for nothing if that is negative or
   *     longer than an hour
   * @param attempt which one of the operation it was, counted from 1
   */
  public BackendFailure refused(
      ErrorRule rule, String observed, Optional<Duration> retryAfter, int attempt) {
    String message = named() + ": " + observed + ".";
    BackendFailure failure =
        switch (rule.failureClass(changes, attempt)) {
          case THROTTLED ->
              BackendFailure.throttled(
                  message,
                  retryAfter.filter(w -> !w.isNegative() && w.compareTo(LONGEST_WAIT) <= 0));
          case TRANSIENT -> BackendFailure.transientFailure(rule.code(), message);
          case AMBIGUOUS -> BackendFailure.ambiguous(rule.code(), message);
          case PERMANENT -> BackendFailure.permanent(rule.code(), message);
        };
    return failure.advising(rule.advice()).naming(subject);
  }

  /**
   * No octet of it left, so nothing happened.
   *
   * @param observed without a full stop
   */
  @SuppressWarnings("exports") // It comes with the HTTP client of the same package.
  public BackendFailure notSent(String observed, Obstacle obstacle, Reach reach) {
    return Texts.NOT_SENT_TO
        .transientFailure(
            FailureCode.UNAVAILABLE, named(), reach.place(), observed, reach.advice(obstacle))
        .naming(List.of(subject, reach.place()));
  }

  /**
   * It was not sent, since other calls of this process had what it waited for. No word on the
   * service.
   *
   * @param observed without a full stop
   * @param advice what to do, as sentences
   */
  public BackendFailure crowded(String observed, String advice) {
    return BackendFailure.localLoad(Texts.NOT_SENT.with(named(), observed))
        .advising(advice)
        .naming(subject);
  }

  /**
   * It was sent, after waiting for other calls of this process, with too little time left for an
   * answer. No word on the service.
   *
   * @param observed without a full stop
   * @param advice what to do, as sentences
   */
  public BackendFailure lateByLoad(String observed, String advice) {
    return unanswered(FailureCode.LOCAL_LOAD, observed, advice);
  }

  /** It was sent, and no answer came before the deadline. */
  public BackendFailure late() {
    return unanswered(FailureCode.TIMEOUT, Texts.NO_ANSWER.observed(), Texts.NO_ANSWER.advice());
  }

  /**
   * It was sent, and what came is no answer.
   *
   * @param observed without a full stop
   */
  public BackendFailure lost(String observed, Reach reach) {
    return unanswered(
            FailureCode.UNAVAILABLE,
            observed + " (asked: " + reach.place() + ")",
            reach.adviceAfterBreak())
        .naming(reach.place());
  }

  /** An HTTP client brought no answer. */
  @SuppressWarnings("exports") // As for notSent.
  public BackendFailure unanswered(Silent silent, Reach reach) {
    return switch (silent.kind()) {
      case NOT_SENT -> notSent(silent.observed(), silent.obstacle(), reach);
      case LATE -> late();
      case BROKEN -> lost(silent.observed(), reach);
    };
  }

  /** As {@link #lost(String, Reach)}, where nothing is known of the way there. */
  public BackendFailure lost(String observed) {
    return unanswered(FailureCode.UNAVAILABLE, observed, Texts.PROXY_MEDDLES.with());
  }

  private BackendFailure unanswered(FailureCode code, String observed, String advice) {
    String message = named() + ": " + observed + ".";
    BackendFailure failure =
        changes
            ? BackendFailure.ambiguous(code, message)
            : BackendFailure.transientFailure(code, message);
    return failure.advising(advice).naming(subject);
  }
}
