package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.internal.vault.access.token.Parameters;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code approle} (openbao builtin/credential/approle), without bound addresses. */
public final class AppRole extends AuthMethod {

  /**
   * A secret id.
   *
   * @param usesLeft 0 for any number
   * @param expires empty for never
   */
  private record SecretId(
      String role,
      String id,
      String accessor,
      int usesLeft,
      Duration ttl,
      Instant created,
      Optional<Instant> expires,
      Map<String, String> metadata) {

    SecretId used() {
      return new SecretId(role, id, accessor, usesLeft - 1, ttl, created, expires, metadata);
    }
  }

  private final SecureRandom random;
  private final Map<String, String> roleIds = new LinkedHashMap<>();
  private final Map<String, SecretId> secretIds = new LinkedHashMap<>();

  AppRole(SecureRandom random) {
    this.random = random;
  }

  @Override
  String type() {
    return "approle";
  }

  @Override
  synchronized void write(String name, Map<String, ? extends @Nullable Object> more) {
    super.write(name, more);
    String chosen = new Parameters(more).text("role_id");
    if (!chosen.isEmpty()) {
      roleIds.put(lower(name), chosen);
    } else {
      roleIds.computeIfAbsent(lower(name), any -> uuid());
    }
  }

  @Override
  synchronized void remove(String name) {
    super.remove(name);
    roleIds.remove(lower(name));
    secretIds.values().removeIf(secret -> secret.role().equals(lower(name)));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private String uuid() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return UUID.nameUUIDFromBytes(bytes).toString();
  }

  /**
   * The role id of a role.
   *
   * @throws IllegalArgumentException if there is no such role
   */
  public synchronized String roleId(String role) {
    return Optional.ofNullable(roleIds.get(lower(role)))
        .orElseThrow(() -> new IllegalArgumentException("There is no role " + role + "."));
  }

  /** A new secret id of a role, as often and as long as the role has it. */
  public String newSecretId(String role, Instant now) {
    String id = uuid();
    secretId(role, new Parameters(Map.of()), id, now);
    return id;
  }

  @Override
  synchronized Login login(VaultCall call, Parameters input) {
    String roleId = required(input, "role_id", "missing role_id").strip();
    String role =
        roleIds.entrySet().stream()
            .filter(each -> each.getValue().equals(roleId))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(AppRole::invalidIds);
    Map<String, String> metadata = new LinkedHashMap<>();
    if (role(role).orElseThrow().flag("bind_secret_id", true)) {
      String id = required(input, "secret_id", "missing secret_id").strip();
      SecretId secret = find(role, id, call.time()).orElseThrow(AppRole::invalidIds);
      if (secret.usesLeft() == 1) {
        secretIds.remove(id);
      } else if (secret.usesLeft() > 1) {
        secretIds.put(id, secret.used());
      }
      metadata.putAll(secret.metadata());
    }
    metadata.put("role_name", role);
    return new Login(role, "", roleId, metadata);
  }

  private static VaultFailure invalidIds() {
    return VaultFailure.invalid("invalid role or secret ID");
  }

  private Optional<SecretId> find(String role, String id, Instant now) {
    return Optional.ofNullable(secretIds.get(id))
        .filter(secret -> secret.role().equals(lower(role)))
        .filter(secret -> secret.expires().filter(end -> !now.isBefore(end)).isEmpty());
  }

  @Override
  synchronized VaultAnswer below(VaultCall call, String role, String rest) {
    Parameters input = new Parameters(call.input());
    Operation operation = call.operation();
    return switch (rest) {
      case "role-id" -> operation == Operation.READ ? readRoleId(role) : setRoleId(role, input);
      case "secret-id" ->
          operation == Operation.LIST
              ? accessors(role, call.time())
              : VaultAnswer.of(secretId(role, input, uuid(), call.time()));
      case "custom-secret-id" ->
          VaultAnswer.of(
              secretId(
                  role, input, required(input, "secret_id", "missing secret_id"), call.time()));
      case "secret-id/lookup" ->
          VaultAnswer.of(
              described(
                  find(role, input.text("secret_id"), call.time())
                      .orElseThrow(VaultFailure::notFound)));
      case "secret-id/destroy" -> {
        find(role, input.text("secret_id"), call.time())
            .ifPresent(secret -> secretIds.remove(secret.id()));
        yield VaultAnswer.nothing();
      }
      case "secret-id-accessor/destroy" -> {
        secretIds
            .values()
            .removeIf(secret -> secret.accessor().equals(input.text("secret_id_accessor")));
        yield VaultAnswer.nothing();
      }
      default -> throw VaultFailure.unsupportedPath();
    };
  }

  private VaultAnswer readRoleId(String role) {
    return Optional.ofNullable(roleIds.get(lower(role)))
        .map(id -> VaultAnswer.of(Map.of("role_id", id)))
        .orElseThrow(VaultFailure::notFound);
  }

  private VaultAnswer setRoleId(String role, Parameters input) {
    if (role(role).isEmpty()) {
      throw VaultFailure.unsupportedPath();
    }
    roleIds.put(lower(role), required(input, "role_id", "missing role_id"));
    return VaultAnswer.nothing();
  }

  private VaultAnswer accessors(String role, Instant now) {
    return VaultAnswer.ofKeys(
        secretIds.values().stream()
            .filter(secret -> find(role, secret.id(), now).isPresent())
            .map(SecretId::accessor)
            .toList());
  }

  private synchronized Map<String, @Nullable Object> secretId(
      String role, Parameters input, String id, Instant now) {
    Parameters of =
        role(role).orElseThrow(() -> VaultFailure.of(404, "role \"" + role + "\" does not exist"));
    if (!of.flag("bind_secret_id", true)) {
      throw VaultFailure.invalid("bind_secret_id is not set on the role");
    }
    int most = of.number("secret_id_num_uses");
    int uses = input.has("num_uses") ? input.number("num_uses") : most;
    if (most > 0 && (uses == 0 || uses > most)) {
      throw VaultFailure.invalid("num_uses cannot be higher than the role's secret_id_num_uses");
    }
    Duration longest = of.duration("secret_id_ttl").orElse(Duration.ZERO);
    Duration ttl = input.duration("ttl").orElse(longest);
    if (!longest.isZero() && (ttl.isZero() || ttl.compareTo(longest) > 0)) {
      throw VaultFailure.invalid("ttl cannot be longer than the role's secret_id_ttl");
    }
    SecretId secret =
        new SecretId(
            lower(role),
            id,
            uuid(),
            uses,
            ttl,
            now,
            ttl.isZero() ? Optional.empty() : Optional.of(now.plus(ttl)),
            metadata(input.text("metadata")));
    secretIds.put(id, secret);
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("secret_id", id);
    data.put("secret_id_accessor", secret.accessor());
    data.put("secret_id_ttl", ttl.toSeconds());
    data.put("secret_id_num_uses", uses);
    return data;
  }

  /** go-secure-stdlib's ParseArbitraryKeyValues: JSON, the same in Base64, or {@code k=v,k=v}. */
  private static Map<String, String> metadata(String text) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (text.isBlank()) {
      return metadata;
    }
    Optional<Map<String, @Nullable Object>> json =
        Json.parseObject(text.getBytes(StandardCharsets.UTF_8))
            .or(() -> decoded(text).flatMap(Json::parseObject));
    if (json.isPresent()) {
      json.get().forEach((key, value) -> metadata.put(key, String.valueOf(value)));
      return metadata;
    }
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw VaultFailure.invalid("failed to parse metadata: missing '=' in a pair");
      }
      metadata.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return metadata;
  }

  private static Optional<byte[]> decoded(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Map<String, @Nullable Object> described(SecretId secret) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("secret_id_accessor", secret.accessor());
    data.put("secret_id_num_uses", secret.usesLeft());
    data.put("secret_id_ttl", secret.ttl().toSeconds());
    data.put("creation_time", secret.created().toString());
    data.put(
        "expiration_time", secret.expires().map(Instant::toString).orElse("0001-01-01T00:00:00Z"));
    data.put("last_updated_time", secret.created().toString());
    data.put("metadata", secret.metadata());
    data.put("cidr_list", List.of());
    data.put("token_bound_cidrs", List.of());
    return data;
  }
}
