package dev.enclave.emulators.internal.aws.sts;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which token of an identity provider may assume which role. Thread-safe. */
public final class WebIdentities {

  /**
   * @param roles names of the roles that trust the token
   */
  record Grant(String subject, Set<String> roles) {}

  private final Map<String, Grant> byToken = new ConcurrentHashMap<>();

  /** Lets {@code token} assume {@code roles}. */
  public void add(String token, String subject, Set<String> roles) {
    byToken.put(token, new Grant(subject, Set.copyOf(roles)));
  }

  Optional<Grant> find(String token) {
    return Optional.ofNullable(byToken.get(token));
  }
}
