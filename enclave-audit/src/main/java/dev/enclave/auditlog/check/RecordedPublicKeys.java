package dev.enclave.auditlog.check;

import dev.enclave.Bytes;
import dev.enclave.Fingerprint;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureVerifier;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.SignatureVerifier.StatementVerdict;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.SuccessionStatement;
import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditRecord;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The public keys of one key that the audit log proves. What a record calls a public key counts if
 * its fingerprint is the handle's, or if a version that counts has signed a succession statement on
 * it, and a statement key as well where one is given. So whoever can write to the log gains nothing
 * by a key pair of his own; nor, with a statement key, by a key that signs what callers choose.
 */
final class RecordedPublicKeys {

  private record Candidate(String version, Bytes spki) {}

  private record Statement(
      String from,
      String to,
      Instant at,
      Bytes signature,
      Optional<StatementSignature> byEnclave) {}

  private final KeyHandle key;
  private final Set<PublicKeyInfo> statementKeys;
  private final List<Candidate> candidates = new ArrayList<>();
  private final List<Statement> statements = new ArrayList<>();
  private final Set<SigningAlgorithm> algorithms = new HashSet<>();
  private final Set<String> compromised = new HashSet<>();

  private RecordedPublicKeys(KeyHandle key, Set<PublicKeyInfo> statementKeys) {
    this.key = key;
    this.statementKeys = Set.copyOf(statementKeys);
  }

  /** As {@link AuditLog#publicKeys(KeyHandle, Set, List)}. */
  static AuditLog.RecordedKeys in(
      List<Path> directories, KeyHandle key, Set<PublicKeyInfo> statementKeys) {
    if (directories.isEmpty()) {
      throw Texts.NO_LOG_TO_PROVE.as(ErrorCode.INVALID_ARGUMENT);
    }
    if (key.fingerprint().isEmpty()) {
      throw Texts.HANDLE_WITHOUT_FINGERPRINT.as(ErrorCode.INVALID_ARGUMENT, key.name());
    }
    RecordedPublicKeys recorded = new RecordedPublicKeys(key, statementKeys);
    for (Path given : directories) {
      Path directory = given.toAbsolutePath().normalize();
      requireIntact(directory);
      new MergedReader(directory).read(recorded::take);
    }
    return new AuditLog.RecordedKeys(
        recorded.proven(),
        statementKeys.isEmpty() ? StatementVerdict.SIGNED_WITH_KEY : StatementVerdict.BY_ENCLAVE);
  }

  private static void requireIntact(Path directory) {
    Optional<String> problem;
    try {
      problem = AuditLogVerifier.verify(directory).problem();
    } catch (IOException e) {
      throw DirectoryAuditLog.unreadable(directory, e);
    }
    if (problem.isPresent()) {
      throw Texts.LOG_PROVES_NO_KEY.as(ErrorCode.AUDIT_LOG_CORRUPT, directory, problem.get());
    }
  }

  /** Takes what a record says, if it is on the key. */
  private void take(AuditRecord record) {
    // An intent has the public key of what is to be destroyed: the process may have ended then.
    String result = record.member("result");
    boolean done =
        result.equals(Result.SUCCESS.name())
            || (result.equals(Result.PENDING.name())
                && record.member("operation").equals(Operation.CHANGE_STATE.name()));
    boolean ours =
        done
            && record.member("key").equals(key.name().value())
            && record.member("backend").equals(key.backend().value());
    if (!ours) {
      return;
    }
    String version = record.member("version");
    switch (record.member("operation")) {
      case "CREATE", "CHANGE_STATE" -> {
        algorithm(record);
        candidate(version, record.member("detail.publicKey"));
      }
      case "ROTATE" -> rotation(version, record);
      case "RESTORE" -> algorithm(record);
      default -> {}
    }
  }

  private void rotation(String from, AuditRecord record) {
    String to = record.member("detail.next");
    candidate(to, record.member("detail.nextPublicKey"));
    if (record.member("detail.reason").equals(RotationReason.COMPROMISE.name())) {
      compromised.add(from);
    }
    String signature = record.member("detail.statementSignature");
    if (!signature.isEmpty()) {
      try {
        Instant at = Instant.parse(record.member("detail.statementAt"));
        statements.add(new Statement(from, to, at, Bytes.ofHex(signature), byEnclave(record)));
      } catch (DateTimeException | EnclaveException e) {
        throw malformed(Operation.ROTATE, record);
      }
    }
  }

  private static Optional<StatementSignature> byEnclave(AuditRecord record) {
    String signature = record.member("detail.statementByEnclave");
    return signature.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new StatementSignature(
                new Fingerprint(Bytes.ofHex(record.member("detail.statementKey"))),
                Bytes.ofHex(signature)));
  }

  private void algorithm(AuditRecord record) {
    String name = record.member("detail.algorithm");
    Stream.of(SigningAlgorithm.values())
        .filter(algorithm -> algorithm.name().equals(name))
        .forEach(algorithms::add);
  }

  private void candidate(String version, String spki) {
    if (!version.isEmpty() && !spki.isEmpty()) {
      try {
        candidates.add(new Candidate(version, Bytes.of(Base64.getDecoder().decode(spki))));
      } catch (IllegalArgumentException e) {
        // What is no public key proves nothing.
        return;
      }
    }
  }

  /**
   * The keys that are proven, from the first version on.
   *
   * @throws UsageException ({@link ErrorCode#KEY_NOT_FOUND}) when the log does not have the first
   */
  private PublicKeySet proven() {
    Fingerprint first = key.fingerprint().orElseThrow();
    Map<String, PublicKeyInfo> proven = new LinkedHashMap<>();
    for (Candidate candidate : candidates) {
      read(candidate)
          .filter(found -> found.fingerprint().equals(first))
          .forEach(found -> proven.putIfAbsent(candidate.version(), found));
    }
    if (proven.isEmpty()) {
      throw Texts.FIRST_KEY_NOT_RECORDED.as(ErrorCode.KEY_NOT_FOUND, first, key.name());
    }
    boolean more = true;
    while (more) {
      more = false;
      for (Statement statement : statements) {
        more |= follow(statement, proven);
      }
    }
    return new PublicKeySet(
        proven.entrySet().stream()
            .filter(entry -> !compromised.contains(entry.getKey()))
            .map(e -> new PublicKeySet.Entry(key.name() + "/" + e.getKey(), e.getValue()))
            .toList());
  }

  private boolean follow(Statement statement, Map<String, PublicKeyInfo> proven) {
    PublicKeyInfo from = proven.get(statement.from());
    if (from == null
        || compromised.contains(statement.from())
        || proven.containsKey(statement.to())) {
      return false;
    }
    SignatureVerifier verifier = SignatureVerifier.of(from);
    for (Candidate candidate : candidates) {
      if (candidate.version().equals(statement.to())) {
        Optional<PublicKeyInfo> to =
            read(candidate).filter(found -> states(statement, found, verifier)).findFirst();
        if (to.isPresent()) {
          proven.put(statement.to(), to.get());
          return true;
        }
      }
    }
    return false;
  }

  /** By the handle, also as it is when the first version is told no more. */
  private boolean states(Statement statement, PublicKeyInfo to, SignatureVerifier verifier) {
    KeyHandle later = new KeyHandle(key.backend(), key.authority(), key.name(), Optional.empty());
    return Stream.of(key, later)
        .map(
            handle ->
                SuccessionStatement.messageOf(
                    handle,
                    KeyVersionId.of(statement.from()),
                    KeyVersionId.of(statement.to()),
                    to.fingerprint(),
                    statement.at()))
        .filter(text -> statementKeys.isEmpty() || isByEnclave(statement, text))
        .anyMatch(
            text ->
                verifier.verify(
                    text, statement.signature(), verifier.key().algorithm().defaultEncoding()));
  }

  private boolean isByEnclave(Statement statement, Message text) {
    return statement.byEnclave().filter(word -> word.isBy(statementKeys, text)).isPresent();
  }

  /** As a key of each algorithm that a record names; mostly one. */
  private Stream<PublicKeyInfo> read(Candidate candidate) {
    return algorithms.stream()
        .flatMap(
            algorithm -> {
              try {
                return Stream.of(PublicKeyInfo.fromSpki(candidate.spki().toByteArray(), algorithm));
              } catch (UsageException e) {
                return Stream.empty();
              }
            });
  }

  private EnclaveException malformed(Operation operation, AuditRecord record) {
    return Texts.NO_SUCCESSION_STATEMENT.as(
        ErrorCode.INVALID_ENCODING, record.lane(), record.sequence(), operation);
  }
}
