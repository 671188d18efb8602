package dev.enclave.emulators.internal.aws.sts;

import dev.enclave.emulators.internal.token.TrustedIssuer;
import java.time.Instant;
import java.util.List;
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

  /**
   * Whose tokens begin sessions of which roles.
   *
   * @param roles their names
   */
  public record Trust(TrustedIssuer issuer, Set<String> roles) {}

  private final List<Trust> trusted;
  private final Map<String, Grant> byToken = new ConcurrentHashMap<>();

  /** With tokens of others that are trusted. */
  public WebIdentities(List<Trust> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  /** Lets {@code token} assume {@code roles}. */
  public void add(String token, String subject, Set<String> roles) {
    byToken.put(token, new Grant(subject, Set.copyOf(roles)));
  }

  Optional<Grant> find(String token, Instant now) {
    return Optional.ofNullable(byToken.get(token)).or(() -> trusted(token, now));
  }

  private Optional<Grant> trusted(String token, Instant now) {
    return trusted.stream()
        .flatMap(
            trust ->
                trust.issuer().subjectOf(token, now).stream()
                    .map(subject -> new Grant(subject, trust.roles())))
        .findFirst();
  }
}
