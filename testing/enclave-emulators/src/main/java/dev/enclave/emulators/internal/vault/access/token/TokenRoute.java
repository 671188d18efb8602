package dev.enclave.emulators.internal.vault.access.token;

import dev.enclave.emulators.internal.vault.access.policy.Policies;
import dev.enclave.emulators.internal.vault.access.policy.Policy;
import dev.enclave.emulators.internal.vault.access.token.Lifetime.Limits;
import dev.enclave.emulators.internal.vault.access.token.Tokens.Issued;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code auth/token} (openbao vault/token_store.go). */
public final class TokenRoute implements VaultRoute {

  private static final Set<String> UPDATES =
      Set.of(
          "create",
          "create-orphan",
          "lookup",
          "lookup-self",
          "lookup-accessor",
          "renew",
          "renew-self",
          "renew-accessor",
          "revoke",
          "revoke-self",
          "revoke-orphan",
          "revoke-accessor");

  private final Tokens tokens;
  private final Policies policies;

  public TokenRoute(Tokens tokens, Policies policies) {
    this.tokens = tokens;
    this.policies = policies;
  }

  @Override
  public String nameOf(Operation operation, String rest) {
    String name = bare(rest).replaceFirst("^create/.*", "create");
    return UPDATES.contains(name) || name.equals("accessors") ? "auth/token/" + name : "";
  }

  private static String bare(String rest) {
    return rest.replaceAll("^/|/$", "");
  }

  @Override
  public VaultAnswer handle(VaultCall call) {
    String name = bare(call.rest());
    Parameters input = new Parameters(call.input());
    if (name.startsWith("create/")) {
      throw VaultFailure.invalid("unknown role " + name.substring("create/".length()));
    }
    if (name.equals("accessors") && call.operation() == Operation.LIST) {
      return VaultAnswer.ofKeys(tokens.accessors(call.namespace(), call.time()));
    }
    boolean lookup = name.startsWith("lookup") && !name.equals("lookup-accessor");
    if (!UPDATES.contains(name)) {
      throw VaultFailure.unsupportedPath();
    }
    if (!call.operation().writes() && !(lookup && call.operation() == Operation.READ)) {
      throw VaultFailure.unsupportedOperation();
    }
    return switch (name) {
      case "create" -> create(call, input, false);
      case "create-orphan" -> create(call, input, true);
      case "lookup" -> lookup(call, input.has("token") ? input.text("token") : own(call));
      case "lookup-self" -> lookup(call, own(call));
      case "renew" -> renew(call, required(input, "token"), input);
      case "renew-self" -> renew(call, own(call), input);
      case "revoke" -> revoke(required(input, "token"));
      case "revoke-self" -> revoke(own(call));
      case "revoke-orphan" -> revokeOrphan(call, required(input, "token"));
      default -> byAccessor(call, name, input);
    };
  }

  private static String own(VaultCall call) {
    return call.token().orElseThrow(() -> VaultFailure.of(403, "permission denied"));
  }

  private static String required(Parameters input, String name) {
    if (input.text(name).isEmpty()) {
      throw VaultFailure.invalid("missing token ID");
    }
    return input.text(name);
  }

  private VaultAnswer lookup(VaultCall call, String id) {
    Token token =
        tokens.findInUse(id, call.time()).orElseThrow(() -> VaultFailure.of(403, "bad token"));
    return VaultAnswer.of(token.describe(call.time()));
  }

  private VaultAnswer renew(VaultCall call, String id, Parameters input) {
    Token token =
        tokens
            .findInUse(id, call.time())
            .orElseThrow(() -> VaultFailure.invalid("token not found"));
    return answer(
        tokens.renew(token, input.duration("increment").orElse(Duration.ZERO), call.time()));
  }

  private static VaultAnswer answer(Issued issued) {
    VaultAnswer answer = VaultAnswer.ofLogin(issued.token().auth());
    for (String warning : issued.warnings()) {
      answer = answer.withWarning(warning);
    }
    return answer;
  }

  private VaultAnswer revoke(String id) {
    tokens.revoke(id);
    return VaultAnswer.nothing();
  }

  private VaultAnswer revokeOrphan(VaultCall call, String id) {
    if (!isSudo(call)) {
      throw VaultFailure.invalid("root or sudo privileges required to revoke and orphan");
    }
    if (tokens.findInUse(id, call.time()).isEmpty()) {
      throw VaultFailure.invalid("token to revoke not found");
    }
    tokens.revokeOrphan(id);
    return VaultAnswer.nothing();
  }

  private VaultAnswer byAccessor(VaultCall call, String name, Parameters input) {
    if (input.text("accessor").isEmpty()) {
      throw VaultFailure.invalid("missing accessor");
    }
    Optional<Token> found = tokens.findByAccessor(input.text("accessor"), call.time());
    if (name.equals("revoke-accessor")) {
      found.ifPresent(token -> tokens.revoke(token.id()));
      return found.isPresent()
          ? VaultAnswer.nothing()
          : VaultAnswer.nothing().withWarning("No token found with this accessor");
    }
    Token token = found.orElseThrow(() -> VaultFailure.invalid("invalid accessor"));
    if (name.equals("lookup-accessor")) {
      Map<String, @Nullable Object> data = new LinkedHashMap<>(token.describe(call.time()));
      data.put("id", "");
      return VaultAnswer.of(data);
    }
    Issued renewed =
        tokens.renew(token, input.duration("increment").orElse(Duration.ZERO), call.time());
    Map<String, @Nullable Object> auth = new LinkedHashMap<>(renewed.token().auth());
    auth.put("client_token", "");
    return VaultAnswer.ofLogin(auth);
  }

  private boolean isSudo(VaultCall call) {
    Token token = tokens.findInUse(own(call), call.time()).orElseThrow();
    return policies.acl(token.namespace(), token.policies()).isSudo(call.namespace() + call.path());
  }

  /** handleCreateCommon, without token roles, batch tokens, entities and bound addresses. */
  private VaultAnswer create(VaultCall call, Parameters input, boolean orphan) {
    Token parent =
        tokens
            .findInUse(own(call), call.time())
            .orElseThrow(() -> VaultFailure.invalid("parent token lookup failed: no parent found"));
    if (parent.usesLeft() != 0) {
      throw VaultFailure.invalid("restricted use token cannot generate child tokens");
    }
    boolean sudo = isSudo(call);
    boolean sameNamespace = call.namespace().equals(parent.namespace());
    if (!sameNamespace && !sudo) {
      throw VaultFailure.invalid(
          "root or sudo privileges required to directly generate a token in a child namespace");
    }
    List<String> asked = input.list("policies");
    if (!sameNamespace && asked.contains(Policy.ROOT)) {
      throw VaultFailure.invalid("root tokens may not be created from a parent namespace");
    }
    requireService(input);
    boolean chosenId = !input.text("id").isEmpty();
    if (chosenId && !sudo) {
      throw VaultFailure.invalid("root or sudo privileges required to specify token id");
    }
    if (chosenId && !call.namespace().isEmpty()) {
      throw VaultFailure.invalid("token IDs can only be manually specified in the root namespace");
    }
    List<String> names = policies(input, asked, parent, sameNamespace, sudo);
    if (input.flag("no_parent", false) && !sudo) {
      throw VaultFailure.invalid("root or sudo privileges required to create orphan token");
    }
    Limits limits = limits(input, sudo);
    boolean endless =
        names.contains(Policy.ROOT)
            && !Lifetime.isSet(limits.ttl())
            && !Lifetime.isSet(limits.explicitMaxTtl())
            && !Lifetime.isSet(limits.period());
    if (endless && parent.expires().isPresent()) {
      throw VaultFailure.invalid("expiring root tokens cannot create non-expiring root tokens");
    }
    boolean alone = orphan || input.flag("no_parent", false);
    Issued issued =
        tokens.issue(
            new TokenRequest(
                call.namespace(),
                "auth/token/" + (orphan ? "create-orphan" : "create"),
                alone ? Optional.empty() : Optional.of(parent.id()),
                names,
                displayName(input.text("display_name")),
                input.map("meta"),
                alone ? "" : parent.made().entityId(),
                uses(input),
                input.flag("renewable", true),
                limits,
                Optional.empty(),
                Optional.of(input.text("id")).filter(id -> !id.isEmpty())),
            call.time());
    return warned(answer(issued), call, names, chosenId);
  }

  private VaultAnswer warned(
      VaultAnswer answer, VaultCall call, List<String> names, boolean chosenId) {
    List<String> warnings = new ArrayList<>();
    if (chosenId) {
      warnings.add(
          "Supplying a custom ID for the token uses the weaker SHA1 hashing instead of the more"
              + " secure SHA2-256 HMAC for token obfuscation. SHA1 hashed tokens on the wire leads"
              + " to less secure lookups.");
    }
    for (String name : names) {
      if (policies.find(call.namespace(), name).isEmpty()) {
        warnings.add("Policy \"" + name + "\" does not exist");
      }
    }
    VaultAnswer warned = answer;
    for (String warning : warnings) {
      warned = warned.withWarning(warning);
    }
    return warned;
  }

  private static void requireService(Parameters input) {
    switch (input.text("type")) {
      case "", "service" -> {
        // As made here.
      }
      case "batch" -> throw VaultFailure.invalid("batch tokens are not made by this server");
      default -> throw VaultFailure.invalid("invalid 'token_type' value");
    }
  }

  private static int uses(Parameters input) {
    int uses = input.number("num_uses");
    if (uses < 0) {
      throw VaultFailure.invalid("number of uses cannot be negative");
    }
    return uses;
  }

  private static String displayName(String asked) {
    return asked.isEmpty()
        ? "token"
        : ("token-" + asked).replaceAll("[^a-zA-Z0-9-]", "-").replaceFirst("-$", "");
  }

  private static List<String> policies(
      Parameters input, List<String> asked, Token parent, boolean sameNamespace, boolean sudo) {
    boolean without = input.flag("no_default_policy", false);
    boolean inherited = sameNamespace && asked.isEmpty();
    boolean addDefault =
        !without
            && !inherited
            && (sudo || !sameNamespace || parent.policies().contains(Policies.DEFAULT));
    if (sameNamespace && !inherited && !sudo) {
      List<String> subset = TokenPolicies.sanitized(asked, false);
      if (!parent.policies().containsAll(subset)) {
        throw VaultFailure.invalid("child policies must be subset of parent");
      }
    }
    List<String> names =
        new ArrayList<>(TokenPolicies.sanitized(inherited ? parent.policies() : asked, addDefault));
    if (without) {
      names.remove(Policies.DEFAULT);
    }
    if (names.contains("response-wrapping")) {
      throw VaultFailure.invalid("cannot assign policy \"response-wrapping\"");
    }
    if (names.contains(Policy.ROOT) && !parent.policies().contains(Policy.ROOT)) {
      throw VaultFailure.invalid("root tokens may not be created without parent token being root");
    }
    return List.copyOf(names);
  }

  private static Limits limits(Parameters input, boolean sudo) {
    Duration period = positive(input, "period");
    if (Lifetime.isSet(period) && !sudo) {
      throw VaultFailure.invalid("root or sudo privileges required to create periodic token");
    }
    return new Limits(
        positive(input, input.has("ttl") ? "ttl" : "lease"),
        Duration.ZERO,
        positive(input, "explicit_max_ttl"),
        period);
  }

  private static Duration positive(Parameters input, String name) {
    Duration duration = input.duration(name).orElse(Duration.ZERO);
    if (duration.isNegative()) {
      throw VaultFailure.invalid(name + " must be positive");
    }
    return duration;
  }
}
