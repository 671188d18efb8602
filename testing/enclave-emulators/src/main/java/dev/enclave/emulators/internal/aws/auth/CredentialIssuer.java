package dev.enclave.emulators.internal.aws.auth;

import dev.enclave.emulators.internal.aws.common.Caller;
import dev.enclave.emulators.internal.aws.common.Partition;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Issues credentials and knows those it issued. Thread-safe. */
public final class CredentialIssuer {

  // IAM User Guide, "IAM identifiers", unique ID prefixes.
  private static final String USER_KEY = "AKIA";
  private static final String SESSION_KEY = "ASIA";
  private static final String USER_ID = "AIDA";
  private static final String ROLE_ID = "AROA";
  private static final String ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int ID_LENGTH = 16;
  private static final int SECRET_BYTES = 30;
  private static final int TOKEN_BYTES = 180;

  private final Partition partition;
  private final SecureRandom random;
  private final Map<String, Credential> issued = new ConcurrentHashMap<>();
  private final Map<String, String> principalIds = new ConcurrentHashMap<>();

  public CredentialIssuer(Partition partition, SecureRandom random) {
    this.partition = partition;
    this.random = random;
  }

  /** Makes an access key of a user. */
  public Credential newUser(String name) {
    return addUser(name, USER_KEY + newId(), newSecret());
  }

  /** Takes an access key of a user that somebody else chose. */
  public Credential addUser(String name, String accessKeyId, String secret) {
    String arn = partition.userArn(name);
    return add(
        new Credential(
            accessKeyId,
            secret,
            Optional.empty(),
            Optional.empty(),
            new Caller(arn, principalId(USER_ID, arn), arn)));
  }

  /** Begins a session of a role. */
  public Credential newSession(String role, String session, Instant now, Duration lifetime) {
    String roleArn = partition.roleArn(role);
    Caller caller =
        new Caller(
            partition.sessionArn(role, session),
            principalId(ROLE_ID, roleArn) + ":" + session,
            roleArn);
    return add(
        new Credential(
            SESSION_KEY + newId(),
            newSecret(),
            Optional.of(text(TOKEN_BYTES)),
            Optional.of(now.plus(lifetime)),
            caller));
  }

  /** What was issued under {@code accessKeyId}, expired or not. */
  public Optional<Credential> byAccessKeyId(String accessKeyId) {
    return Optional.ofNullable(issued.get(accessKeyId));
  }

  private Credential add(Credential credential) {
    issued.put(credential.accessKeyId(), credential);
    return credential;
  }

  private String principalId(String prefix, String arn) {
    return principalIds.computeIfAbsent(arn, any -> prefix + newId());
  }

  private String newId() {
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
    }
    return id.toString();
  }

  private String newSecret() {
    return text(SECRET_BYTES);
  }

  private String text(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
