package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.internal.vault.access.policy.Policy;
import dev.enclave.emulators.internal.vault.access.token.Parameters;
import dev.enclave.emulators.internal.vault.access.token.TokenPolicies;
import dev.enclave.emulators.internal.vault.access.token.TokenRequest;
import dev.enclave.emulators.internal.vault.access.token.Tokens;
import dev.enclave.emulators.internal.vault.access.token.Tokens.Issued;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The methods of all namespaces by their paths, and what a login gets (openbao
 * vault/request_handling.go, handleLoginRequest and LoginCreateToken). Thread-safe.
 */
public final class AuthMethods implements VaultRoute {

  private static final String LOGIN = "login";

  private record Mount(String path, AuthMethod method) {}

  private final Tokens tokens;
  private final Function<String, Optional<AuthMethod>> types;
  private final Map<String, Map<String, AuthMethod>> byNamespace = new ConcurrentHashMap<>();

  /** None yet, of these kinds. */
  public AuthMethods(Tokens tokens, MethodTypes types) {
    this.tokens = tokens;
    this.types = types::create;
  }

  /**
   * Mounts a method, unless it is mounted there already.
   *
   * @param namespace empty, or with a slash at its end
   * @param path such as {@code kubernetes}
   * @throws VaultFailure if there is no such type, or another one is there
   */
  public void enable(String namespace, String path, String type) {
    AuthMethod method =
        types
            .apply(type)
            .orElseThrow(() -> VaultFailure.invalid("plugin not found in the catalog: " + type));
    AuthMethod there = of(namespace).putIfAbsent(path.replaceAll("^/|/$", ""), method);
    if (there != null && !there.type().equals(type)) {
      throw VaultFailure.invalid("path is already in use at " + path + "/");
    }
  }

  /** Configures the method that is mounted at a path. */
  public void configure(String namespace, String path, Map<String, ?> parameters) {
    mounted(namespace, path).configure(parameters);
  }

  /** Writes a role of the method that is mounted at a path. */
  public void write(String namespace, String path, String role, Map<String, ?> parameters) {
    mounted(namespace, path).write(role, parameters);
  }

  /** The AppRole method that is mounted at a path. */
  public AppRole appRole(String namespace, String path) {
    if (mounted(namespace, path) instanceof AppRole appRole) {
      return appRole;
    }
    throw new IllegalArgumentException("No AppRole method is mounted at " + path + ".");
  }

  private AuthMethod mounted(String namespace, String path) {
    return Optional.ofNullable(of(namespace).get(path))
        .orElseThrow(
            () -> new IllegalArgumentException("No auth method is mounted at " + path + "."));
  }

  private Map<String, AuthMethod> of(String namespace) {
    return byNamespace.computeIfAbsent(namespace, any -> new ConcurrentHashMap<>());
  }

  private Optional<Mount> find(String namespace, String rest) {
    return of(namespace).entrySet().stream()
        .filter(each -> rest.startsWith(each.getKey() + "/"))
        .map(each -> new Mount(each.getKey(), each.getValue()))
        .reduce((one, other) -> one.path().length() > other.path().length() ? one : other);
  }

  @Override
  public String nameOf(Operation operation, String rest) {
    return "auth/"
        + rest.replaceFirst("(^|/)(role)/[^/]+/", "$1$2/")
            .replaceFirst("(^|/)(role)/[^/]+$", "$1$2");
  }

  @Override
  public boolean needsNoToken(VaultCall call) {
    return find(call.namespace(), call.rest())
        .filter(mount -> call.rest().equals(mount.path() + "/" + LOGIN))
        .isPresent();
  }

  @Override
  public Optional<Boolean> exists(VaultCall call) {
    return find(call.namespace(), call.rest())
        .flatMap(mount -> mount.method().exists(below(call, mount)));
  }

  private static String below(VaultCall call, Mount mount) {
    return call.rest().substring(mount.path().length() + 1);
  }

  @Override
  public VaultAnswer handle(VaultCall call) {
    Mount mount =
        find(call.namespace(), call.rest())
            .orElseThrow(
                () ->
                    VaultFailure.of(
                        404,
                        "no handler for route \"" + call.path() + "\". route entry not found."));
    String rest = below(call, mount);
    return rest.equals(LOGIN) ? login(call, mount) : mount.method().handle(call, rest);
  }

  private VaultAnswer login(VaultCall call, Mount mount) {
    if (!call.operation().writes()) {
      throw VaultFailure.unsupportedOperation();
    }
    AuthMethod method = mount.method();
    Login login = method.login(call, new Parameters(call.input()));
    Parameters role = method.role(login.role()).orElseThrow();
    List<String> policies =
        TokenPolicies.sanitized(
            role.list("token_policies", "policies"), !role.flag("token_no_default_policy", false));
    if (policies.contains(Policy.ROOT)) {
      throw VaultFailure.invalid("auth methods cannot create root tokens");
    }
    Issued issued =
        tokens.issue(
            new TokenRequest(
                call.namespace(),
                call.path(),
                Optional.empty(),
                policies,
                (mount.path().replace('/', '-') + "-" + login.displayName()).replaceFirst("-$", ""),
                login.metadata(),
                entityOf(call.namespace() + mount.path() + "/" + login.alias()),
                role.number("token_num_uses"),
                true,
                AuthMethod.limits(role),
                Optional.of(() -> renewed(method, login.role())),
                Optional.empty()),
            call.time());
    VaultAnswer answer = VaultAnswer.ofLogin(issued.token().auth());
    for (String warning : issued.warnings()) {
      answer = answer.withWarning(warning);
    }
    return answer;
  }

  private static dev.enclave.emulators.internal.vault.access.token.Lifetime.Limits renewed(
      AuthMethod method, String role) {
    return method
        .role(role)
        .map(AuthMethod::limits)
        .orElseThrow(
            () -> VaultFailure.ofCore(500, "role \"" + role + "\" does not exist during renewal"));
  }

  /** The same entity for each login of an alias. */
  private static String entityOf(String alias) {
    return UUID.nameUUIDFromBytes(alias.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** {@code sys/auth} (openbao vault/logical_system.go, handleEnableAuth). */
  public VaultRoute mounting() {
    return new Mounting();
  }

  private final class Mounting implements VaultRoute {

    @Override
    public String nameOf(Operation operation, String rest) {
      return "sys/auth";
    }

    @Override
    public VaultAnswer handle(VaultCall call) {
      String path = call.rest().replaceAll("^/|/$", "");
      return switch (call.operation()) {
        case READ -> VaultAnswer.ofSystem(listed(call.namespace()));
        case CREATE, UPDATE -> {
          enable(call.namespace(), path, new Parameters(call.input()).text("type"));
          yield VaultAnswer.nothing();
        }
        case DELETE -> {
          of(call.namespace()).remove(path);
          yield VaultAnswer.nothing();
        }
        default -> throw VaultFailure.unsupportedOperation();
      };
    }

    private Map<String, @Nullable Object> listed(String namespace) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      all.put("token/", described("token"));
      of(namespace).forEach((path, method) -> all.put(path + "/", described(method.type())));
      return all;
    }

    private static Map<String, @Nullable Object> described(String type) {
      return Map.of("type", type, "description", "", "local", false, "seal_wrap", false);
    }
  }
}
