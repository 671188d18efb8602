package dev.enclave.jobs;

import dev.enclave.DeferrableResult;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.RotationRequest;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** The programs of docs/outages.md, which quotes them. */
final class OutagesGuide {

  /** What the application keeps of its tickets. */
  final List<String> ids = new ArrayList<>();

  final List<SignatureValue> sent = new ArrayList<>();

  static void makeKek(Enclave enclave) {
    // region kek
    enclave.ensureKey(KeySpec.named("jobs-kek").algorithm(WrappingAlgorithm.AES_256_GCM));
    // endregion
  }

  static Enclave open(EnclaveFactory.Builder builder, DataSource dataSource) {
    // region postgres
    Enclave enclave = builder.deferral(JobsProvider.on(dataSource)).open();
    // endregion
    return enclave;
  }

  void submit(Enclave enclave, SigningKey key, Message message) {
    // region submit
    DeferredOperations deferred = enclave.deferred().orElseThrow();
    Ticket ticket = deferred.submit(key, message, SignOptions.by("user:7").once("order-991"));
    ids.add(ticket.id());
    // endregion
  }

  void signOrDefer(SigningKey key, Message message) {
    // region sign-or-defer
    DeferrableResult<SignatureValue> result =
        key.signOrDefer(message, SignOptions.by("user:7").once("order-992"));
    result.done().ifPresent(signature -> send(signature));
    result.deferred().ifPresent(ticket -> ids.add(ticket.id()));
    // endregion
  }

  private void send(SignatureValue signature) {
    sent.add(signature);
  }

  /** Ends with the signature as it was found now, if it was there, and when it was sent. */
  CompletionStage<Optional<SignatureValue>> later(DeferredOperations deferred, String id) {
    // region later
    // Later, in any process:
    Optional<SignatureValue> signature = deferred.find(id).flatMap(Ticket::signature);
    CompletionStage<Void> sent = deferred.ended(id).thenAccept(ticket -> send(ticket));
    // endregion
    return sent.thenApply(nothing -> signature);
  }

  private void send(Ticket ticket) {
    ids.remove(ticket.id());
  }

  List<Ticket> change(DeferredOperations deferred, SigningKey key) {
    KeyVersion version = key.activeVersion();
    // region change
    Ticket made =
        deferred.create(
            KeySpec.named("wallet-43").algorithm(SigningAlgorithm.ED25519).operationId("make-43"));
    Ticket rotated = deferred.rotate(key, RotationRequest.ifActive(version).operationId("turn-1"));
    // endregion
    return List.of(made, rotated);
  }
}
