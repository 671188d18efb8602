package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.internal.vault.access.token.Lifetime.Limits;
import dev.enclave.emulators.internal.vault.access.token.Parameters;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A method as it is mounted at a path: its configuration and its roles, both with the parameters of
 * Vault's HTTP API. Thread-safe.
 */
abstract class AuthMethod {

  private final Map<String, Parameters> roles = new ConcurrentSkipListMap<>();
  private volatile Optional<Parameters> config = Optional.empty();

  /** Its type, such as {@code approle}. */
  abstract String type();

  /**
   * Who logs in with this.
   *
   * @throws VaultFailure as an answer
   */
  abstract Login login(VaultCall call, Parameters input);

  /** Checks a role before it is written. */
  void requireRole(Parameters role) {
    // Any will do.
  }

  /** What is below a role. */
  VaultAnswer below(VaultCall call, String role, String rest) {
    throw VaultFailure.unsupportedPath();
  }

  /** Where the configuration is written to. */
  String configPath() {
    return "config";
  }

  /** The configuration, once there is one. */
  final Optional<Parameters> config() {
    return config;
  }

  /** Sets the configuration; what it does not name stays. */
  final void configure(Map<String, ? extends @Nullable Object> more) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    config.ifPresent(before -> all.putAll(before.values()));
    all.putAll(more);
    config = Optional.of(new Parameters(all));
  }

  /** The role of a name, in any case. */
  final Optional<Parameters> role(String name) {
    return Optional.ofNullable(roles.get(name.toLowerCase(Locale.ROOT)));
  }

  /**
   * Writes a role; what it does not name stays.
   *
   * @throws VaultFailure with 400 if it is not as it should be
   */
  void write(String name, Map<String, ? extends @Nullable Object> more) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    role(name).ifPresent(before -> all.putAll(before.values()));
    all.putAll(more);
    Parameters role = new Parameters(all);
    if (List.of("batch", "default-batch").contains(role.text("token_type"))) {
      throw VaultFailure.invalid("batch tokens are not made by this server");
    }
    Limits limits = limits(role);
    boolean limited = !limits.maxTtl().isZero();
    if (limited && limits.ttl().compareTo(limits.maxTtl()) > 0) {
      throw VaultFailure.invalid("'token_ttl' cannot be greater than 'token_max_ttl'");
    }
    requireRole(role);
    roles.put(name.toLowerCase(Locale.ROOT), role);
  }

  void remove(String name) {
    roles.remove(name.toLowerCase(Locale.ROOT));
  }

  final List<String> roleNames() {
    return List.copyOf(roles.keySet());
  }

  /** sdk/helper/tokenutil, with the names that parameters had before. */
  static Limits limits(Parameters role) {
    return new Limits(
        role.duration("token_ttl", "ttl"),
        role.duration("token_max_ttl", "max_ttl"),
        role.duration("token_explicit_max_ttl").orElse(Duration.ZERO),
        role.duration("token_period", "period"));
  }

  /** Whether a POST here is about something that exists; empty where that is not asked. */
  final Optional<Boolean> exists(String rest) {
    return rest.matches("role/[^/]+")
        ? Optional.of(role(rest.substring("role/".length())).isPresent())
        : Optional.empty();
  }

  /** All but the login. */
  final VaultAnswer handle(VaultCall call, String path) {
    Operation operation = call.operation();
    String rest = path.replaceAll("/$", "");
    if (rest.equals(configPath())) {
      return configuration(call);
    }
    if (operation == Operation.LIST && (rest.equals("role") || rest.equals("roles"))) {
      return VaultAnswer.ofKeys(roleNames());
    }
    if (!rest.startsWith("role/")) {
      throw VaultFailure.unsupportedPath();
    }
    String[] parts = rest.split("/", 3);
    if (parts.length == 3) {
      return below(call, parts[1], parts[2]);
    }
    return switch (operation) {
      case READ -> VaultAnswer.of(described(role(parts[1]).orElseThrow(VaultFailure::notFound)));
      case CREATE, UPDATE -> {
        write(parts[1], call.input());
        yield VaultAnswer.nothing();
      }
      case DELETE -> {
        remove(parts[1]);
        yield VaultAnswer.nothing();
      }
      default -> throw VaultFailure.unsupportedOperation();
    };
  }

  private VaultAnswer configuration(VaultCall call) {
    return switch (call.operation()) {
      case READ -> VaultAnswer.of(config.orElseThrow(VaultFailure::notFound).values());
      case CREATE, UPDATE -> {
        configure(call.input());
        yield VaultAnswer.nothing();
      }
      default -> throw VaultFailure.unsupportedOperation();
    };
  }

  /** Durations are told in seconds, and the parameters of tokens are always told. */
  private static Map<String, @Nullable Object> described(Parameters role) {
    Limits limits = limits(role);
    Map<String, @Nullable Object> data = new LinkedHashMap<>(role.values());
    data.put("token_ttl", limits.ttl().toSeconds());
    data.put("token_max_ttl", limits.maxTtl().toSeconds());
    data.put("token_explicit_max_ttl", limits.explicitMaxTtl().toSeconds());
    data.put("token_period", limits.period().toSeconds());
    data.put("token_policies", new ArrayList<>(role.list("token_policies", "policies")));
    data.put("token_num_uses", role.number("token_num_uses"));
    data.put("token_no_default_policy", role.flag("token_no_default_policy", false));
    data.put("token_type", "default");
    data.put("token_bound_cidrs", List.of());
    return data;
  }

  /** A parameter that must be there. */
  static String required(Parameters input, String name, String text) {
    if (input.text(name).isBlank()) {
      throw VaultFailure.invalid(text);
    }
    return input.text(name);
  }
}
