package dev.enclave.cli.session;

import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The statement keys that a user believes. */
public final class StatementKeys {

  private StatementKeys() {}

  /** The keys of all these files, JWK sets as {@code enclave keys statement-key} writes them. */
  public static Set<PublicKeyInfo> read(Session session, List<String> files) {
    Set<PublicKeyInfo> keys = new HashSet<>();
    for (String file : files) {
      String jwks = new String(session.files().read(file), StandardCharsets.UTF_8);
      PublicKeySet.fromJwks(jwks).entries().forEach(entry -> keys.add(entry.key()));
    }
    return keys;
  }
}
