package dev.enclave.audit;

import static java.time.temporal.ChronoUnit.MICROS;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * One record of the audit log; {@code docs/audit-log.md} lists its members.
 *
 * <p>The methods that read a member throw {@link IntegrityException} ({@link
 * ErrorCode#AUDIT_LOG_CORRUPT}) when it is not what this version of Enclave writes there; {@link
 * #member} gives any.
 *
 * @param lane which lane it is in
 * @param sequence its place there, from 1
 * @param members by name
 * @param line as it stands in the file, without LF
 */
public record AuditRecord(int lane, long sequence, SortedMap<String, String> members, String line) {

  public AuditRecord {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** A member; empty if the record has none of that name. */
  public String member(String name) {
    return members.getOrDefault(name, "");
  }

  /** A detail, the member {@code detail.<name>}; empty if the record has none of that name. */
  public Optional<String> detail(String name) {
    return Optional.ofNullable(members.get("detail." + name));
  }

  /** When the record was made. */
  public Instant at() {
    return required("at", Instant::parse);
  }

  /** What was done. */
  public Operation operation() {
    return required("operation", Operation::valueOf);
  }

  /** Joins the intent and the outcome of one operation. */
  public String operationId() {
    return required("operationId", text -> text);
  }

  /** Whether it was about to happen or had. */
  public Phase phase() {
    return required("phase", Phase::valueOf);
  }

  /** On whose behalf. */
  public String caller() {
    return required("caller", text -> text);
  }

  /** How it ended; for an intent {@code PENDING}. */
  public Result result() {
    return required("result", Result::valueOf);
  }

  /** How long it took; zero for an intent. */
  public Duration duration() {
    return required("durationMicros", text -> Duration.of(Long.parseLong(text), MICROS));
  }

  /** The key's name, if there is one. */
  public Optional<KeyName> key() {
    return optional("key", KeyName::of);
  }

  /** The key version, if known. */
  public Optional<KeyVersionId> version() {
    return optional("version", KeyVersionId::of);
  }

  /** The backend, if there is one. */
  public Optional<BackendId> backend() {
    return optional("backend", BackendId::of);
  }

  /** Why it failed, if it did. */
  public Optional<ErrorCode> errorCode() {
    return optional("errorCode", ErrorCode::valueOf);
  }

  /** The provider's id of the request, if it gave one. */
  public Optional<String> providerRequestId() {
    return optional("providerRequestId", text -> text);
  }

  private <T> T required(String name, Function<String, T> parser) {
    return optional(name, parser).orElseThrow(() -> unreadable(name));
  }

  private <T> Optional<T> optional(String name, Function<String, T> parser) {
    try {
      return Optional.ofNullable(members.get(name)).map(parser);
    } catch (IllegalArgumentException | DateTimeException | EnclaveException e) {
      throw unreadable(name);
    }
  }

  private EnclaveException unreadable(String name) {
    return Texts.MEMBER_OF_RECORD_UNREADABLE.as(
        ErrorCode.AUDIT_LOG_CORRUPT, lane, sequence, name, Quoted.of(member(name)));
  }
}
