package dev.enclave.emulators.internal.vault.access.token;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token as it is at a moment. Immutable; {@link Tokens} has the newest.
 *
 * @param usesLeft 0 for any number, -1 when the last one was taken
 * @param ttl what it was given last; zero if it never expires
 * @param expires empty if it never does
 * @param lease whether there is a lease that can be asked for: the first root token has none
 */
public record Token(
    TokenRequest made,
    String id,
    String accessor,
    Optional<String> parent,
    int usesLeft,
    boolean renewable,
    Duration ttl,
    Duration creationTtl,
    Instant issued,
    Optional<Instant> expires,
    Optional<Instant> renewed,
    boolean lease) {

  public String namespace() {
    return made.namespace();
  }

  public List<String> policies() {
    return made.policies();
  }

  Token used(int left) {
    return new Token(
        made,
        id,
        accessor,
        parent,
        left,
        renewable,
        ttl,
        creationTtl,
        issued,
        expires,
        renewed,
        lease);
  }

  Token orphaned() {
    return new Token(
        made,
        id,
        accessor,
        Optional.empty(),
        usesLeft,
        renewable,
        ttl,
        creationTtl,
        issued,
        expires,
        renewed,
        lease);
  }

  Token renewed(Duration newTtl, Instant now) {
    return new Token(
        made,
        id,
        accessor,
        parent,
        usesLeft,
        renewable,
        newTtl,
        creationTtl,
        issued,
        Optional.of(now.plus(newTtl)),
        Optional.of(now),
        lease);
  }

  boolean isOver(Instant now) {
    return expires.filter(end -> !now.isBefore(end)).isPresent();
  }

  /** The {@code auth} of an answer (openbao sdk/logical/translate_response.go). */
  public Map<String, @Nullable Object> auth() {
    Map<String, @Nullable Object> auth = new LinkedHashMap<>();
    auth.put("client_token", id);
    auth.put("accessor", accessor);
    auth.put("policies", policies());
    auth.put("token_policies", policies());
    auth.put("metadata", made.meta().isEmpty() ? null : made.meta());
    auth.put("lease_duration", ttl.toSeconds());
    auth.put("renewable", renewable);
    auth.put("entity_id", made.entityId());
    auth.put("token_type", "service");
    auth.put("orphan", parent.isEmpty());
    auth.put("mfa_requirement", null);
    auth.put("num_uses", Math.max(usesLeft, 0));
    return auth;
  }

  /** What a lookup tells (openbao vault/token_store.go, handleLookup). */
  Map<String, @Nullable Object> describe(Instant now) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("id", id);
    data.put("accessor", accessor);
    data.put("policies", policies());
    data.put("path", made.path());
    data.put("meta", made.meta().isEmpty() ? null : made.meta());
    data.put("display_name", made.displayName());
    data.put("num_uses", usesLeft);
    data.put("orphan", parent.isEmpty());
    data.put("creation_time", issued.getEpochSecond());
    data.put("creation_ttl", creationTtl.toSeconds());
    data.put("expire_time", expires.map(Instant::toString).orElse(null));
    data.put("ttl", expires.map(end -> Duration.between(now, end).toSeconds()).orElse(0L));
    data.put("explicit_max_ttl", made.limits().explicitMaxTtl().toSeconds());
    data.put("entity_id", made.entityId());
    data.put("type", "service");
    if (Lifetime.isSet(made.limits().period())) {
      data.put("period", made.limits().period().toSeconds());
    }
    if (!namespace().isEmpty()) {
      data.put("namespace_path", namespace());
    }
    if (lease) {
      renewed.ifPresent(
          time -> {
            data.put("last_renewal_time", time.getEpochSecond());
            data.put("last_renewal", time.toString());
          });
      data.put("renewable", renewable);
      data.put("issue_time", issued.toString());
    }
    return data;
  }

  /** Its accessor: the token itself is a secret. */
  @Override
  public String toString() {
    return "Token[" + accessor + "]";
  }
}
