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
import dev.enclave.cli.text.Texts;
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
    this.steps = new Steps(session, Texts.REPORT_ALL.with());
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
    steps.step("Start", Texts.OUTAGE_STARTS.with());
    SigningKey key = enclave.createKey(spec(KEY));
    enclave.createKey(KeySpec.named(KEK).algorithm(WrappingAlgorithm.AES_256_GCM));
    steps.result(Texts.OUTAGE_SERVICE.with(service.endpoint()));
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
        enclave.deferred().orElseThrow(() -> steps.wrong(Texts.NOTHING_DEFERRED.with()));
    deferred.onEnded(ended::add);
    steps.step("Sign", Texts.OUTAGE_SIGNS.with());
    SignatureValue signature = key.sign(PAYMENT);
    steps.require(
        key.verify(PAYMENT, signature),
        Texts.SIGNATURE_VALID.with(),
        Texts.SIGNATURE_NOT_VALID.with());

    loseService(key);
    String first = signOrLater(key);
    Ticket creation = submitMore(key, deferred, signature.version());
    look(enclave, deferred, first);
    drain(key, creation);
    return first;
  }

  private void loseService(SigningKey key) {
    steps.step(Texts.LOSE_SERVICE.with(), Texts.SERVICE_LOST.with());
    faults.beginOutage(Fault.Outage.REFUSED);
    ConnectivityException failure = failure(key);
    steps.require(
        failure.retryable() && failure.retryAt().isPresent(),
        "failed:      " + Text.printable(String.valueOf(failure.getMessage())),
        Texts.NO_TIME_TO_RETRY.with(failure.code()));
    steps.result(Texts.FAILED_WITH.with(failure.code(), when(failure.retryAt())));
  }

  private String signOrLater(SigningKey key) {
    steps.step(Texts.SIGN_NOW_OR_LATER.with(), Texts.SIGN_OR_DEFER.with());
    if (!(key.signOrDefer(PAYMENT, BRIEFLY) instanceof Deferred<SignatureValue> kept)) {
      throw steps.wrong(Texts.KEY_SIGNED.with());
    }
    String ticket = kept.ticket().id();
    submitted.put(ticket, Optional.of(PAYMENT));
    steps.require(
        kept.failure().isPresent() && kept.ticket().nextAttempt().isPresent(),
        "deferred:    " + kept.failure().map(failure -> failure.code().name()).orElse(""),
        Texts.TICKET_WITHOUT_REASON.with());
    steps.result("ticket:      " + ticket);
    steps.result(Texts.ESTIMATE_OF_RETRY.with(when(kept.ticket().nextAttempt())));
    return ticket;
  }

  private ConnectivityException failure(SigningKey key) {
    try {
      SignatureValue made = key.sign(PAYMENT, BRIEFLY);
      throw steps.wrong(Texts.VERSION_SIGNED.with(brief(made.version())));
    } catch (ConnectivityException e) {
      return e;
    }
  }

  private Ticket submitMore(SigningKey key, DeferredOperations deferred, KeyVersionId active) {
    steps.step("Submit", Texts.MORE_SUBMITTED.with());
    for (int i = 1; i <= MORE; i++) {
      submit(key, deferred, i);
    }
    steps.result(Texts.SIGNATURES_STORED.with(MORE));
    Ticket again = deferred.submit(key, payment(MORE), once(MORE));
    steps.require(
        List.copyOf(submitted.keySet()).indexOf(again.id()) == submitted.size() - 1,
        Texts.ORDER_GIVES_SAME_TICKET.with(MORE, again.id()),
        Texts.ORDER_MADE_ANOTHER.with());
    submitted.put(deferred.rotate(key, RotationRequest.ifActive(active)).id(), Optional.empty());
    steps.result(Texts.ROTATION_STORED.with(brief(active)));
    submit(key, deferred, MORE + 1);
    steps.result(Texts.SIGNATURE_STORED.with());
    Ticket creation = deferred.create(spec(NEW_KEY));
    steps.result(Texts.CREATION_STORED.with(creation.key()));
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
    steps.step(Texts.LOOK_AT_QUEUE.with(), Texts.QUEUE_SHOWN.with());
    Ticket tried = tried(deferred, first);
    List<Ticket> waiting = deferred.list(Set.of(Ticket.Status.WAITING, Ticket.Status.RUNNING), 100);
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ticket", "what", "key", "status", "attempts", Texts.LAST_ERROR.with()));
    waiting.forEach(ticket -> rows.add(row(ticket)));
    Text.table(rows).forEach(steps::result);
    steps.require(
        waiting.size() == submitted.size() + 1 && tried.attempts() > 0,
        Texts.TICKETS_WAIT.with(waiting.size()),
        Texts.OTHER_NUMBER_WAITS.with(waiting.size(), submitted.size() + 1));
    HealthReport.Finding finding =
        enclave.health().findings().stream()
            .filter(found -> found.code() == ErrorCode.DEFERRED)
            .findFirst()
            .orElseThrow(() -> steps.wrong(Texts.HEALTH_SAYS_NOTHING.with()));
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
    throw steps.wrong(Texts.NOT_TRIED_WITHIN.with(LONGEST));
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
    steps.step("Return", Texts.SERVICE_RETURNS.with());
    long back = System.nanoTime();
    faults.endOutage();
    List<Ticket> ofKey = new ArrayList<>();
    List<Integer> attempts = new ArrayList<>();
    for (int i = 0; i < submitted.size() + 1; i++) {
      Ticket ticket = nextEnded();
      attempts.add(ticket.attempts());
      String outcome = outcome(key, ticket);
      steps.result(
          Texts.CARRIED_OUT.with(
              String.format(Locale.ROOT, "%5.2f", (System.nanoTime() - back) / 1e9),
              ticket.id(),
              ticket.attempts(),
              outcome));
      if (!ticket.id().equals(creation.id())) {
        ofKey.add(ticket);
      }
    }
    String seconds = String.format(Locale.ROOT, "%.1f", (System.nanoTime() - back) / 1e9);
    steps.require(
        ofKey.stream().map(Ticket::id).toList().equals(List.copyOf(submitted.keySet())),
        Texts.TICKETS_DONE.with(attempts.size()),
        Texts.ORDER_NOT_KEPT.with());
    requireVersions(key, ofKey);
    steps.result(Texts.DRAIN_TOOK.with(seconds, attempts));
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
    throw steps.wrong(Texts.NOT_DONE_WITHIN.with(LONGEST));
  }

  private String outcome(SigningKey key, Ticket ticket) {
    if (ticket.status() != Ticket.Status.DONE) {
      throw steps.wrong(Texts.TICKET_ENDED.with(ticket.id(), ticket.status()));
    }
    return switch (ticket.kind()) {
      case CREATE -> Texts.KEY_MADE.with(ticket.created().orElseThrow().name());
      case ROTATE -> Texts.ROTATED_TO_VERSION.with(brief(ticket.rotatedTo().orElseThrow()));
      case SIGN -> {
        SignatureValue signature = ticket.signature().orElseThrow();
        Message message =
            submitted
                .getOrDefault(ticket.id(), Optional.empty())
                .orElseThrow(() -> steps.wrong(Texts.TICKET_OF_NOBODY.with(ticket.id())));
        if (!key.verify(message, signature)) {
          throw steps.wrong(Texts.TICKET_SIGNATURE_NOT_VALID.with(ticket.id()));
        }
        yield Texts.SIGNED_BY_VERSION.with(brief(signature.version()));
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
        Texts.LAST_VERSION_SIGNED.with(brief(last)),
        Texts.VERSIONS_THAT_SIGNED.with(versions));
  }

  /** As much of a version's id as tells it from the few others here. */
  private static String brief(KeyVersionId version) {
    String id = version.toString();
    return id.substring(0, Math.min(BRIEF, id.length()));
  }

  private void audit(String ticket) {
    steps.step("Audit", Texts.OUTAGE_RECORDED.with());
    EnclaveFactory.Builder builder = builder(Map.of());
    TicketRecords records = TicketRecords.read(builder.auditLog(), ticket);
    records.chain().forEach(r -> steps.result(Text.printable(AuditShowCommand.text(r))));
    steps.require(
        records.have("DEFER", "SUCCESS", "WAITING")
            && records.have("SIGN", "FAILURE", "")
            && records.have("SIGN", "SUCCESS", "")
            && records.end("DEFER", "SUCCESS", "DONE"),
        Texts.RECORDS_OF_DEFERRAL.with(records.chain().size()),
        Texts.OTHER_RECORDS.with());
    AuditVerification found = builder.verifyAuditLog();
    steps.require(
        found.intact() && found.records() > 0,
        AuditVerifyCommand.text(found),
        found.problem().orElse(Texts.AUDIT_LOG_IS_EMPTY.with()));
  }

  private static String when(Optional<Instant> at) {
    Duration left = Duration.between(Instant.now(), at.orElseThrow());
    return left.isNegative()
        ? "now"
        : Texts.IN_SECONDS.with(String.format(Locale.ROOT, "%.1f", left.toMillis() / 1e3));
  }
}
