package dev.enclave.cli.demo;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.DeferrableResult.Deferred;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.RotationRequest;
import dev.enclave.audit.AuditVerification;
import dev.enclave.cli.audit.AuditShowCommand;
import dev.enclave.cli.audit.AuditVerifyCommand;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Text;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The eight steps of an outage: a key service on this machine goes away and returns. Nothing that
 * is configured here is read, and no variable of this process.
 */
final class OutageDemo {

  private static final String KEY = "demo-wallet";
  private static final String NEW_KEY = "demo-wallet-2";
  private static final String KEK = "demo-kek";
  private static final int MORE = 10;
  private static final SignOptions BRIEFLY = SignOptions.defaults().deadline(Duration.ofSeconds(1));
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
  private static final int LOOKS = (int) (LONGEST.toMillis() / BETWEEN_LOOKS.toMillis());
  private static final int BRIEF = 8;
  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");

  private final Session session;
  private final Path scratch;
  private final AwsKmsServer service;
  private final FaultInjector faults;
  private final Steps steps;

  /** What was submitted for the key, in order; a rotation has no message. */
  private final Map<String, Optional<Message>> submitted = new LinkedHashMap<>();

  private final BlockingQueue<Ticket> ended = new LinkedBlockingQueue<>();

  /**
   * In a folder of its own.
   *
   * @param faults those of the service
   */
  OutageDemo(Session session, Path scratch, AwsKmsServer service, FaultInjector faults) {
    this.session = session;
    this.scratch = scratch;
    this.service = service;
    this.faults = faults;
    this.steps = new Steps(session, "Report it, with all that was printed.");
  }

  void run() {
    session.withEnclave(builder(Map.of()), this::start);
    String first = session.withEnclave(builder(queue()), this::suffer);
    audit(first);
    steps.done();
  }

  private EnclaveFactory.Builder builder(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", BackendId.AWS_KMS.value());
    settings.put("enclave.aws-kms.region", service.region());
    settings.put("enclave.aws-kms.endpoint", service.endpoint().toString());
    settings.put("enclave.aws-kms.sts-endpoint", service.endpoint().toString());
    settings.put("enclave.aws-kms.access-key-id", service.credentials().accessKeyId());
    settings.put("enclave.aws-kms.secret-access-key", service.credentials().secretAccessKey());
    settings.put("enclave.audit.countersign", "off");
    settings.put("enclave.audit.directory", scratch.resolve("audit").toString());
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .config(new ConfigSource("demo", settings));
  }

  private Map<String, String> queue() {
    return Map.of(
        "enclave.jobs.kek", KEK, "enclave.jobs.directory", scratch.resolve("jobs").toString());
  }

  private SigningKey start(Enclave enclave) {
    steps.step(
        "Start",
        "A key service begins to listen on this machine, and makes two keys: one that signs, and"
            + " one that protects what waits.");
    SigningKey key = enclave.createKey(spec(KEY));
    enclave.createKey(KeySpec.named(KEK).algorithm(WrappingAlgorithm.AES_256_GCM));
    steps.result("service:     AWS KMS, as the project emulates it, at " + service.endpoint());
    steps.result("handle:      " + key.handle());
    return key;
  }

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name)
        .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
        .rotation(RotationInterval.NEVER);
  }

  /** The id of the first ticket. */
  private String suffer(Enclave enclave) {
    SigningKey key = enclave.signingKeys().key(KEY);
    DeferredOperations deferred =
        enclave.deferred().orElseThrow(() -> steps.wrong("nothing can be deferred"));
    deferred.onEnded(ended::add);
    steps.step("Sign", "The service answers, so \"pay 10 to Alice\" is signed at once.");
    SignatureValue signature = key.sign(PAYMENT);
    steps.require(key.verify(PAYMENT, signature), "the signature is valid", "it is not valid");

    loseService(key);
    String first = signOrLater(key);
    Ticket creation = submitMore(key, deferred, signature.version());
    look(enclave, deferred, first);
    drain(key, creation);
    return first;
  }

  private void loseService(SigningKey key) {
    steps.step("Lose the service", "It closes its port. A plain call to sign fails.");
    faults.beginOutage(Fault.Outage.REFUSED);
    ConnectivityException failure = failure(key);
    steps.require(
        failure.retryable() && failure.retryAt().isPresent(),
        "failed:      " + Text.printable(String.valueOf(failure.getMessage())),
        "the failure " + failure.code() + " does not say when to try again");
    steps.result("error code:  " + failure.code() + ", try again " + when(failure.retryAt()));
  }

  private String signOrLater(SigningKey key) {
    steps.step(
        "Sign now or later", "The same call as signOrDefer() leaves the signature to Enclave.");
    if (!(key.signOrDefer(PAYMENT, BRIEFLY) instanceof Deferred<SignatureValue> kept)) {
      throw steps.wrong("the service is away, and the key has signed");
    }
    String ticket = kept.ticket().id();
    submitted.put(ticket, Optional.of(PAYMENT));
    steps.require(
        kept.failure().isPresent() && kept.ticket().nextAttempt().isPresent(),
        "deferred:    " + kept.failure().map(failure -> failure.code().name()).orElse(""),
        "the ticket does not say why it was left, and when it is tried");
    steps.result("ticket:      " + ticket);
    steps.result("estimate:    tried again " + when(kept.ticket().nextAttempt()));
    return ticket;
  }

  private ConnectivityException failure(SigningKey key) {
    try {
      SignatureValue made = key.sign(PAYMENT, BRIEFLY);
      throw steps.wrong(
          "the service is away, and version " + brief(made.version()) + " has signed");
    } catch (ConnectivityException e) {
      return e;
    }
  }

  private Ticket submitMore(SigningKey key, DeferredOperations deferred, KeyVersionId active) {
    steps.step(
        "Submit",
        "Ten more signatures, a rotation, a signature by the version after it, and a new key.");
    for (int i = 1; i <= MORE; i++) {
      submit(key, deferred, i);
    }
    steps.result(MORE + " signatures are stored");
    Ticket again = deferred.submit(key, payment(MORE), once(MORE));
    steps.require(
        List.copyOf(submitted.keySet()).indexOf(again.id()) == submitted.size() - 1,
        "order-" + MORE + " once more gives the same ticket, " + again.id(),
        "the same idempotency key made another ticket");
    submitted.put(deferred.rotate(key, RotationRequest.ifActive(active)).id(), Optional.empty());
    steps.result("a rotation is stored, of version " + brief(active));
    submit(key, deferred, MORE + 1);
    steps.result("a signature is stored behind the rotation");
    Ticket creation = deferred.create(spec(NEW_KEY));
    steps.result("a key to be made is stored, " + creation.key());
    return creation;
  }

  private void submit(SigningKey key, DeferredOperations deferred, int number) {
    Message message = payment(number);
    submitted.put(deferred.submit(key, message, once(number)).id(), Optional.of(message));
  }

  private static Message payment(int number) {
    return Message.ofUtf8("pay " + number + " to Bob");
  }

  private static DeferOptions once(int number) {
    return SignOptions.defaults().once("order-" + number);
  }

  private void look(Enclave enclave, DeferredOperations deferred, String first) {
    steps.step(
        "Look at the queue",
        "The first ticket of a key is tried now and then; those behind it wait for it.");
    Ticket tried = tried(deferred, first);
    List<Ticket> waiting = deferred.list(Set.of(Ticket.Status.WAITING, Ticket.Status.RUNNING), 100);
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ticket", "what", "key", "status", "attempts", "last error"));
    waiting.forEach(ticket -> rows.add(row(ticket)));
    Text.table(rows).forEach(steps::result);
    steps.require(
        waiting.size() == submitted.size() + 1 && tried.attempts() > 0,
        waiting.size() + " tickets wait; the first was tried while the service was away",
        waiting.size() + " tickets wait in place of " + (submitted.size() + 1));
    HealthReport.Finding finding =
        enclave.health().findings().stream()
            .filter(found -> found.code() == ErrorCode.DEFERRED)
            .findFirst()
            .orElseThrow(() -> steps.wrong("health() says nothing of tickets that wait"));
    steps.result("health():    " + finding.severity() + ", " + finding.observed());
  }

  /** The ticket when an attempt has failed. */
  private Ticket tried(DeferredOperations deferred, String id) {
    for (int i = 0; i < LOOKS; i++) {
      Optional<Ticket> found = deferred.find(id).filter(ticket -> ticket.error().isPresent());
      if (found.isPresent()) {
        return found.get();
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    throw steps.wrong("the first ticket was not tried within " + LONGEST);
  }

  private static List<String> row(Ticket ticket) {
    return List.of(
        ticket.id(),
        ticket.kind().name(),
        ticket.key().toString(),
        ticket.status().name(),
        Integer.toString(ticket.attempts()),
        ticket.error().map(ErrorCode::name).orElse(""));
  }

  private void drain(SigningKey key, Ticket creation) {
    steps.step(
        "Return", "The service listens again. What waits is carried out, in order for each key.");
    long back = System.nanoTime();
    faults.endOutage();
    List<Ticket> ofKey = new ArrayList<>();
    List<Integer> attempts = new ArrayList<>();
    for (int i = 0; i < submitted.size() + 1; i++) {
      Ticket ticket = nextEnded();
      attempts.add(ticket.attempts());
      String outcome = outcome(key, ticket);
      steps.result(
          String.format(
              Locale.ROOT,
              "%5.2f s  %s  attempts: %d  %s",
              (System.nanoTime() - back) / 1e9,
              ticket.id(),
              ticket.attempts(),
              outcome));
      if (!ticket.id().equals(creation.id())) {
        ofKey.add(ticket);
      }
    }
    String seconds = String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - back) / 1e9);
    steps.require(
        ofKey.stream().map(Ticket::id).toList().equals(List.copyOf(submitted.keySet())),
        attempts.size() + " tickets are done, those of the key in the order of submission",
        "the order of submission was not kept");
    requireVersions(key, ofKey);
    steps.result("it took " + seconds + " from the return on; attempts of each: " + attempts);
  }

  private Ticket nextEnded() {
    try {
      Ticket ticket = ended.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
      if (ticket != null) {
        return ticket;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw steps.wrong("a ticket was not done within " + LONGEST);
  }

  private String outcome(SigningKey key, Ticket ticket) {
    if (ticket.status() != Ticket.Status.DONE) {
      throw steps.wrong("ticket " + ticket.id() + " ended as " + ticket.status());
    }
    return switch (ticket.kind()) {
      case CREATE -> "key " + ticket.created().orElseThrow().name() + " made";
      case ROTATE -> "rotated to version " + brief(ticket.rotatedTo().orElseThrow());
      case SIGN -> {
        SignatureValue signature = ticket.signature().orElseThrow();
        Message message =
            submitted
                .getOrDefault(ticket.id(), Optional.empty())
                .orElseThrow(() -> steps.wrong("nobody submitted ticket " + ticket.id()));
        if (!key.verify(message, signature)) {
          throw steps.wrong("the signature of ticket " + ticket.id() + " is not valid");
        }
        yield "signed by version " + brief(signature.version()) + ", valid";
      }
    };
  }

  /** The rotation neither overtook a signature nor was overtaken by one. */
  private void requireVersions(SigningKey key, List<Ticket> ofKey) {
    List<KeyVersionId> versions =
        ofKey.stream()
            .flatMap(ticket -> ticket.signature().stream())
            .map(SignatureValue::version)
            .toList();
    KeyVersionId last = key.activeVersion().id();
    steps.require(
        versions.indexOf(last) == versions.size() - 1,
        "version "
            + brief(last)
            + " signed what was submitted after the rotation, and nothing else",
        "the versions that signed are " + versions);
  }

  /** As much of a version's id as tells it from the few others here. */
  private static String brief(KeyVersionId version) {
    String id = version.toString();
    return id.substring(0, Math.min(BRIEF, id.length()));
  }

  private void audit(String ticket) {
    steps.step("Audit", "All of it was recorded. The records of the first ticket, under its id:");
    EnclaveFactory.Builder builder = builder(Map.of());
    TicketRecords records = TicketRecords.read(builder.auditLog(), ticket);
    records.chain().forEach(r -> steps.result(Text.printable(AuditShowCommand.text(r))));
    steps.require(
        records.have("DEFER", "SUCCESS", "WAITING")
            && records.have("SIGN", "FAILURE", "")
            && records.have("SIGN", "SUCCESS", "")
            && records.end("DEFER", "SUCCESS", "DONE"),
        "deferred, tried in vain, signed, done: " + records.chain().size() + " records",
        "these are not the records of a signature that was deferred and made");
    AuditVerification found = builder.verifyAuditLog();
    steps.require(
        found.intact() && found.records() > 0,
        AuditVerifyCommand.text(found),
        found.problem().orElse("the audit log is empty"));
  }

  private static String when(Optional<Instant> at) {
    Duration left = Duration.between(Instant.now(), at.orElseThrow());
    return left.isNegative()
        ? "now"
        : String.format(Locale.ROOT, "in %.1f s", left.toMillis() / 1e3);
  }
}
