package dev.enclave.emulators.internal.vault.access.token;

import dev.enclave.emulators.internal.vault.access.policy.Policy;
import dev.enclave.emulators.internal.vault.access.token.Lifetime.Limits;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokens of all namespaces (openbao vault/token_store.go and vault/expiration.go). A token is
 * over with its parent. Thread-safe.
 */
public final class Tokens {

  /** What was given to a token, and what the answer says of limits that applied. */
  public record Issued(Token token, List<String> warnings) {}

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 24;
  private static final int NAMESPACE_LENGTH = 6;

  private final String prefix;
  private final Duration standard;
  private final Duration longest;
  private final SecureRandom random;
  private final Map<String, Token> byId = new HashMap<>();
  private final Map<String, String> namespaceIds = new HashMap<>();

  /**
   * None yet.
   *
   * @param prefix of service tokens
   * @param standard how long they live unless something else is said
   * @param longest how long they may live
   */
  public Tokens(String prefix, Duration standard, Duration longest, SecureRandom random) {
    this.prefix = prefix;
    this.standard = standard;
    this.longest = longest;
    this.random = random;
  }

  /** Adds the root token that a new server has. */
  public synchronized void addRoot(String id, Instant now) {
    Limits none = new Limits(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    TokenRequest request =
        new TokenRequest(
            "",
            "auth/token/root",
            Optional.empty(),
            List.of(Policy.ROOT),
            "root",
            Map.of(),
            "",
            0,
            false,
            none,
            Optional.empty(),
            Optional.of(id));
    byId.put(
        id,
        new Token(
            request,
            id,
            text(LENGTH),
            Optional.empty(),
            0,
            false,
            Duration.ZERO,
            Duration.ZERO,
            now,
            Optional.empty(),
            Optional.empty(),
            false));
  }

  /**
   * Makes a token.
   *
   * @throws VaultFailure if the id that was chosen is taken
   */
  public synchronized Issued issue(TokenRequest request, Instant now) {
    Limits limits = request.limits();
    boolean root = request.policies().contains(Policy.ROOT);
    Lifetime lifetime =
        root && !Lifetime.isSet(limits.period()) && !Lifetime.isSet(limits.ttl())
            ? new Lifetime(limits.explicitMaxTtl(), List.of())
            : Lifetime.of(limits, Duration.ZERO, standard, longest, now, now);
    boolean ends = Lifetime.isSet(lifetime.ttl());
    String id = request.id().orElseGet(() -> newId(request.namespace()));
    if (byId.containsKey(id)) {
      throw VaultFailure.invalid("cannot create a token with a duplicate ID");
    }
    Token token =
        new Token(
            request,
            id,
            text(LENGTH) + suffix(request.namespace()),
            request.parent(),
            request.numUses(),
            ends && request.renewable(),
            lifetime.ttl(),
            lifetime.ttl(),
            now,
            ends ? Optional.of(now.plus(lifetime.ttl())) : Optional.empty(),
            Optional.empty(),
            true);
    byId.put(id, token);
    return new Issued(token, lifetime.warnings());
  }

  /** The token, unless it is unknown, revoked, over or used up. */
  public synchronized Optional<Token> find(String id, Instant now) {
    return alive(id, now).filter(token -> token.usesLeft() >= 0);
  }

  /** The token, also while its last use goes on. */
  public synchronized Optional<Token> findInUse(String id, Instant now) {
    return alive(id, now);
  }

  /** The token of an accessor. */
  public synchronized Optional<Token> findByAccessor(String accessor, Instant now) {
    return byId.values().stream()
        .filter(token -> token.accessor().equals(accessor))
        .findFirst()
        .flatMap(token -> alive(token.id(), now));
  }

  /** The accessors of a namespace, sorted. */
  public synchronized List<String> accessors(String namespace, Instant now) {
    return byId.values().stream()
        .filter(token -> token.namespace().equals(namespace))
        .filter(token -> find(token.id(), now).isPresent())
        .map(Token::accessor)
        .sorted()
        .toList();
  }

  private Optional<Token> alive(String id, Instant now) {
    return Optional.ofNullable(byId.get(id))
        .filter(token -> !token.isOver(now))
        .filter(token -> token.parent().isEmpty() || alive(token.parent().get(), now).isPresent());
  }

  /** Takes one of its uses; the last one ends it. */
  public synchronized void use(Token token) {
    byId.computeIfPresent(
        token.id(),
        (id, newest) ->
            newest.usesLeft() <= 0
                ? newest
                : newest.used(newest.usesLeft() == 1 ? -1 : newest.usesLeft() - 1));
  }

  /**
   * Gives it more time.
   *
   * @param increment zero for as much as it had
   * @throws VaultFailure if that cannot be
   */
  public synchronized Issued renew(Token token, Duration increment, Instant now) {
    if (!token.lease()) {
      throw VaultFailure.invalid("invalid lease ID");
    }
    if (!token.renewable()) {
      throw VaultFailure.invalid("lease is not renewable");
    }
    Limits made = token.made().limits();
    Limits limits =
        token
            .made()
            .role()
            .map(
                role -> {
                  Limits of = role.get();
                  return new Limits(of.ttl(), of.maxTtl(), made.explicitMaxTtl(), of.period());
                })
            .orElse(new Limits(token.ttl(), Duration.ZERO, made.explicitMaxTtl(), made.period()));
    Lifetime lifetime = Lifetime.of(limits, increment, standard, longest, token.issued(), now);
    Token renewed = token.renewed(lifetime.ttl(), now);
    byId.put(token.id(), renewed);
    return new Issued(renewed, lifetime.warnings());
  }

  /** Revokes it and all that were made with it. */
  public synchronized void revoke(String id) {
    byId.remove(id);
    children(id).forEach(child -> revoke(child.id()));
  }

  /** Revokes it alone. */
  synchronized void revokeOrphan(String id) {
    byId.remove(id);
    children(id).forEach(child -> byId.put(child.id(), child.orphaned()));
  }

  private List<Token> children(String id) {
    return byId.values().stream()
        .filter(token -> token.parent().filter(id::equals).isPresent())
        .toList();
  }

  private String newId(String namespace) {
    return prefix + text(LENGTH) + suffix(namespace);
  }

  /** Tokens and accessors of a namespace end in its id. */
  private String suffix(String namespace) {
    return namespace.isEmpty()
        ? ""
        : "." + namespaceIds.computeIfAbsent(namespace, any -> text(NAMESPACE_LENGTH));
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }
}
