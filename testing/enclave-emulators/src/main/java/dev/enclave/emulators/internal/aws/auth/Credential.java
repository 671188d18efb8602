package dev.enclave.emulators.internal.aws.auth;

import dev.enclave.emulators.internal.aws.common.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Credentials as the server knows them. */
public final class Credential {

  private static final int MOST_SIGNING_KEYS = 16;

  private final String accessKeyId;
  private final String secret;
  private final Optional<String> token;
  private final Optional<Instant> expiration;
  private final Caller caller;
  private final Map<String, byte[]> signingKeys = new ConcurrentHashMap<>();

  Credential(
      String accessKeyId,
      String secret,
      Optional<String> token,
      Optional<Instant> expiration,
      Caller caller) {
    this.accessKeyId = accessKeyId;
    this.secret = secret;
    this.token = token;
    this.expiration = expiration;
    this.caller = caller;
  }

  public String accessKeyId() {
    return accessKeyId;
  }

  public String secret() {
    return secret;
  }

  public Optional<String> token() {
    return token;
  }

  public Optional<Instant> expiration() {
    return expiration;
  }

  public Caller caller() {
    return caller;
  }

  /** IAM User Guide, "Create a signed AWS API request", step 4: derived once a day and scope. */
  byte[] signingKey(CredentialScope scope) {
    if (signingKeys.size() > MOST_SIGNING_KEYS) {
      signingKeys.clear();
    }
    return signingKeys.computeIfAbsent(
        scope.text(),
        any -> {
          byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
          for (String part : scope.parts()) {
            key = Sha256.hmac(key, part);
          }
          return key;
        });
  }
}
