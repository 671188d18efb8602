package dev.enclave.jobs;

import dev.enclave.Bytes;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.deferral.StoredOperation;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * One stored operation, as it is in the table, but for its MAC.
 *
 * @param operation what was stored; its content as in the table, encrypted if it is confidential
 * @param deployment whose it is
 * @param group of one key: its operations are carried out one after the other
 * @param seq the place in the group
 * @param content what the operation's content is in the table
 * @param state how far it is
 * @param fence counts changes; whoever has an older number changes nothing any more
 * @param attempts how often it was tried
 * @param submitted by the database's clock, as all times here
 * @param expires when it ends by itself
 * @param nextAttempt not before this
 * @param lease until when somebody tries it
 * @param error of the last attempt
 * @param result once it is done
 */
record Row(
    StoredOperation operation,
    String deployment,
    String group,
    long seq,
    Bytes content,
    Ticket.Status state,
    long fence,
    int attempts,
    Instant submitted,
    Instant expires,
    Instant nextAttempt,
    Instant lease,
    Optional<ErrorCode> error,
    Optional<String> result) {

  /** The database keeps microseconds. */
  static Instant micros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  String id() {
    return operation.ticket();
  }

  Ticket ticket() {
    boolean over = state.ended();
    return new Ticket(
        id(),
        operation.kind(),
        state,
        operation.caller(),
        operation.name(),
        submitted,
        expires,
        over ? Optional.empty() : Optional.of(nextAttempt),
        attempts,
        result,
        error);
  }

  /** The same, claimed: tried by one, until the lease ends. */
  Row claimed(Instant until) {
    return changed(Ticket.Status.RUNNING, attempts + 1, nextAttempt, until, error, result);
  }

  Row done(String text) {
    return changed(
        Ticket.Status.DONE, attempts, nextAttempt, lease, Optional.empty(), Optional.of(text));
  }

  Row later(ErrorCode why, Instant at) {
    return changed(Ticket.Status.WAITING, attempts, at, at, Optional.of(why), result);
  }

  /** To be tried at once, whatever it waited for. */
  Row again(Instant at) {
    return changed(Ticket.Status.WAITING, attempts, at, at, error, result);
  }

  Row failed(ErrorCode why) {
    return changed(Ticket.Status.FAILED, attempts, nextAttempt, lease, Optional.of(why), result);
  }

  Row ended(Ticket.Status status) {
    return changed(status, attempts, nextAttempt, lease, error, result);
  }

  private Row changed(
      Ticket.Status newState,
      int newAttempts,
      Instant next,
      Instant newLease,
      Optional<ErrorCode> newError,
      Optional<String> newResult) {
    return new Row(
        operation,
        deployment,
        group,
        seq,
        content,
        newState,
        fence + 1,
        newAttempts,
        submitted,
        expires,
        micros(next),
        micros(newLease),
        newError,
        newResult);
  }

  /** Every field, each with its length, so that no two rows are the same bytes. */
  byte[] authenticated() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 + content.size());
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      text(out, "enclave_operation/1");
      text(out, id());
      text(out, deployment);
      text(out, group);
      out.writeLong(seq);
      text(out, operation.kind().name());
      text(out, operation.caller());
      text(out, operation.name().toString());
      text(out, operation.key());
      out.writeInt(content.size());
      out.write(content.toByteArray());
      out.writeBoolean(operation.confidential());
      optional(out, operation.idempotencyKey());
      text(out, state.name());
      out.writeLong(fence);
      out.writeInt(attempts);
      instant(out, submitted);
      instant(out, expires);
      instant(out, nextAttempt);
      instant(out, lease);
      optional(out, error.map(ErrorCode::name));
      optional(out, result);
    } catch (IOException e) {
      throw new IllegalStateException("memory takes every byte");
    }
    return bytes.toByteArray();
  }

  private static void optional(DataOutputStream out, Optional<String> text) throws IOException {
    out.writeBoolean(text.isPresent());
    if (text.isPresent()) {
      text(out, text.get());
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static void instant(DataOutputStream out, Instant at) throws IOException {
    out.writeLong(at.getEpochSecond());
    out.writeInt(at.getNano());
  }

  /** Without its content. */
  @Override
  public String toString() {
    return "Row[" + id() + ", " + state + "]";
  }
}
