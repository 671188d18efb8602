package dev.enclave.emulators.internal.aws.auth;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** IAM User Guide, "Create a signed AWS API request", step 6: the Authorization header. */
record Authorization(
    String accessKeyId, CredentialScope scope, List<String> signedHeaders, String signature) {

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";

  /** Empty if a part is missing. */
  static Optional<Authorization> parse(String header) {
    if (!header.startsWith(ALGORITHM + " ")) {
      return Optional.empty();
    }
    Map<String, String> parts = new HashMap<>();
    for (String part : header.substring(ALGORITHM.length()).split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        parts.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
      }
    }
    String[] credential = parts.getOrDefault("Credential", "").split("/", -1);
    String headers = parts.getOrDefault("SignedHeaders", "");
    String signature = parts.getOrDefault("Signature", "");
    if (credential.length != 5 || headers.isEmpty() || signature.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Authorization(
            credential[0],
            new CredentialScope(credential[1], credential[2], credential[3], credential[4]),
            List.of(headers.split(";", -1)),
            signature));
  }
}
