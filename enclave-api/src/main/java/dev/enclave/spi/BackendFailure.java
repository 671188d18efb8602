package dev.enclave.spi;

import dev.enclave.internal.texts.Texts;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One failed attempt. The message says what was observed and what to do; it holds no key material,
 * no credential and no request body, and there is no cause, since a provider's exception may quote
 * them.
 */
public final class BackendFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final String observed;
  private final @Nullable String advice;
  private final FailureClass failureClass;
  private final FailureCode code;
  private final transient @Nullable Duration retryAfter;
  private final @Nullable String providerRequestId;
  private final String[] names;

  private BackendFailure(
      FailureClass failureClass,
      FailureCode code,
      String observed,
      @Nullable String advice,
      @Nullable Duration retryAfter,
      @Nullable String providerRequestId,
      String... names) {
    super(observed);
    this.observed = observed;
    this.advice = advice;
    this.failureClass = failureClass;
    this.code = code;
    this.retryAfter = retryAfter;
    this.providerRequestId = providerRequestId;
    this.names = names;
  }

  /** A failure that a repetition will not mend. */
  public static BackendFailure permanent(FailureCode code, String message) {
    return new BackendFailure(FailureClass.PERMANENT, code, message, null, null, null);
  }

  /**
   * The same, with what to do as a part of its own. Whatever mends the cause, and nothing that only
   * hides it.
   *
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences
   */
  public static BackendFailure permanent(FailureCode code, String observed, String advice) {
    return permanent(code, observed).advising(advice);
  }

  /** A failure that may pass by itself; nothing happened. */
  public static BackendFailure transientFailure(FailureCode code, String message) {
    return new BackendFailure(FailureClass.TRANSIENT, code, message, null, null, null);
  }

  /** The same, with what to do as a part of its own. */
  public static BackendFailure transientFailure(FailureCode code, String observed, String advice) {
    return transientFailure(code, observed).advising(advice);
  }

  /** The provider asks to slow down; nothing happened. */
  public static BackendFailure throttled(String message, Optional<Duration> retryAfter) {
    return new BackendFailure(
        FailureClass.THROTTLED,
        FailureCode.THROTTLED,
        message,
        null,
        retryAfter.orElse(null),
        null);
  }

  /**
   * The call waited in this process, for something that its other calls had; nothing happened. No
   * word on the backend, whose breaker and companions go by others.
   *
   * @param message says what was waited for, how many wait, and which setting allows more
   */
  public static BackendFailure localLoad(String message) {
    return transientFailure(FailureCode.LOCAL_LOAD, message);
  }

  /** The request may or may not have been carried out. */
  public static BackendFailure ambiguous(FailureCode code, String message) {
    return new BackendFailure(FailureClass.AMBIGUOUS, code, message, null, null, null);
  }

  /**
   * A step of an operation.
   *
   * @param <T> what it gives
   */
  @FunctionalInterface
  public interface Step<T> {
    T run() throws BackendFailure;
  }

  /**
   * Runs a step that follows what an operation changed. Whatever fails there, nobody may be told
   * that nothing happened.
   *
   * @param changed what the operation changed, as a sentence
   * @throws BackendFailure the step's, with its code and class {@link FailureClass#AMBIGUOUS}
   */
  public static <T> T afterChange(String changed, Step<T> step) throws BackendFailure {
    try {
      return step.run();
    } catch (BackendFailure e) {
      throw new BackendFailure(
          FailureClass.AMBIGUOUS,
          e.code,
          Texts.NOT_COMPLETE.with(changed, e.observed),
          e.advice,
          e.retryAfter,
          e.providerRequestId,
          e.names);
    }
  }

  /** The same with the provider's id of the request. */
  public BackendFailure withProviderRequestId(String id) {
    return new BackendFailure(failureClass, code, observed, advice, retryAfter, id, names);
  }

  /** The same with this advice, and no other: what to do, as sentences. */
  public BackendFailure advising(String whatToDo) {
    return new BackendFailure(
        failureClass, code, observed, whatToDo, retryAfter, providerRequestId, names);
  }

  /**
   * The same, with names that the message quotes: of keys, versions, files and places. The engine
   * shows them as they are; whatever else in the message could be a key it withholds.
   *
   * <p>Only what the backend asked for or made, and what an answer named by the provider's own
   * grammar: never a text that somebody else was free to choose.
   */
  public BackendFailure naming(Collection<String> quoted) {
    return new BackendFailure(
        failureClass,
        code,
        observed,
        advice,
        retryAfter,
        providerRequestId,
        Stream.concat(Stream.of(names), quoted.stream()).distinct().toArray(String[]::new));
  }

  /** The same, with one name. */
  public BackendFailure naming(String quoted) {
    return naming(List.of(quoted));
  }

  /** What was observed and what to do. */
  @Override
  public String getMessage() {
    return advice == null ? observed : observed + " " + advice;
  }

  /** What was observed: the message without the advice, if that is a part of its own. */
  public String observed() {
    return observed;
  }

  /** What to do, as sentences; nothing where the message alone says it. */
  public Optional<String> advice() {
    return Optional.ofNullable(advice);
  }

  /** The names that the message quotes. */
  public List<String> names() {
    return List.of(names);
  }

  /** What it means for the next attempt. */
  public FailureClass failureClass() {
    return failureClass;
  }

  /** What went wrong. */
  public FailureCode code() {
    return code;
  }

  /** How long the provider asks to wait, if it said so. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The provider's id of the request, if it gave one. */
  public Optional<String> providerRequestId() {
    return Optional.ofNullable(providerRequestId);
  }
}
