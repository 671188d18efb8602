package dev.enclave.vault.internal.access;

import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultRequest;
import dev.enclave.vault.internal.settings.VaultSettings;
import dev.enclave.vault.internal.texts.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the identity needs, as a policy and by asking the server what it has; and how the server is.
 * Thread-safe.
 */
public final class VaultAccess implements PermissionProber {

  /** A path of a policy: {@code +} is one part of it, {@code *} at its end is anything. */
  private record Rule(String path, String neededFor, List<String> capabilities) {

    String hcl() {
      return Texts.RULE.with(
          path,
          capabilities.stream().map(each -> '"' + each + '"').collect(Collectors.joining(", ")));
    }

    /** Of a key that there is not. */
    String probe() {
      return path.replace("+", PROBE).replace("*", PROBE);
    }
  }

  private static final String PROBE = "enclave-probe";

  private static final String POLICY =
      """
      # A policy for signing, verifying and sealing with keys that are there. Never add create on
      # encrypt: where it is granted, encrypting makes a key that is missing.
      %s

      # Another one, besides, for creating, rotating, switching off and destroying keys:
      %s

      # Another one, besides both, for restoring backups; take it away again afterwards:
      %s
      """;

  /** A standby is well too; what a sealed server and one that is not initialised say, it says. */
  private static final VaultRequest HEALTH =
      VaultRequest.read("the server", "sys/health?standbyok=true&perfstandbyok=true");

  private final VaultCalls calls;
  private final VaultAssurance assurance;
  private final KeyFindings keys;
  private final WireLogs logs;

  public VaultAccess(VaultCalls calls, VaultAssurance assurance, KeyFindings keys, WireLogs logs) {
    this.calls = calls;
    this.assurance = assurance;
    this.keys = keys;
    this.logs = logs;
  }

  private static List<Rule> using(VaultSettings settings) {
    String signing = Texts.SIGNING.with();
    String sealing = Texts.SEALING.with();
    String transit = settings.transit();
    return List.of(
        new Rule(transit + "/keys/+", signing, List.of("read")),
        new Rule(documents(settings, "data"), signing, List.of("read")),
        new Rule(transit + "/sign/+", signing, List.of("update")),
        new Rule(transit + "/encrypt/+", sealing, List.of("update")),
        new Rule(transit + "/decrypt/+", sealing, List.of("update")));
  }

  private static List<Rule> administering(VaultSettings settings) {
    String creating = Texts.CREATING.with();
    String rotating = Texts.ROTATING.with();
    String destroying = Texts.DESTROYING.with();
    String keys = settings.transit() + "/keys/+";
    return List.of(
        new Rule(keys, creating, List.of("create", "update")),
        new Rule(documents(settings, "data"), creating, List.of("create", "update")),
        new Rule(documents(settings, "metadata"), Texts.LISTING.with(), List.of("list", "read")),
        new Rule(keys + "/rotate", rotating, List.of("update")),
        new Rule(keys + "/config", rotating, List.of("update")),
        new Rule(keys, destroying, List.of("delete")),
        new Rule(documents(settings, "metadata"), destroying, List.of("delete")));
  }

  private static List<Rule> restoring(VaultSettings settings) {
    String restoring = Texts.RESTORING.with();
    String transit = settings.transit();
    return List.of(
        new Rule(transit + "/wrapping_key", restoring, List.of("read")),
        new Rule(transit + "/keys/+/import", restoring, List.of("update")));
  }

  private static String documents(VaultSettings settings, String kind) {
    return settings.kv() + "/" + kind + "/" + settings.path() + "/*";
  }

  /** The least that the server must allow with these settings. */
  public static AccessPolicy policy(VaultSettings settings) {
    return AccessPolicy.of(
            true,
            POLICY.formatted(
                hcl(using(settings)), hcl(administering(settings)), hcl(restoring(settings))))
        .withProviderLog(Texts.AUDIT_DEVICE.with());
  }

  /** The capabilities of one path together: of several rules for it in a policy one counts. */
  private static String hcl(List<Rule> rules) {
    return rules.stream()
        .map(Rule::path)
        .distinct()
        .map(
            path ->
                new Rule(
                        path,
                        "",
                        rules.stream()
                            .filter(rule -> rule.path().equals(path))
                            .flatMap(rule -> rule.capabilities().stream())
                            .toList())
                    .hcl())
        .collect(Collectors.joining("\n"));
  }

  /** By one request, which every token may make that has the default policy. */
  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    VaultSettings settings = calls.settings();
    List<Rule> rules = new ArrayList<>(using(settings));
    rules.addAll(administering(settings));
    rules.addAll(restoring(settings));
    List<String> paths = rules.stream().map(Rule::probe).distinct().toList();
    Map<String, Object> held =
        calls.send(
            VaultRequest.use(
                "capabilities-self",
                "the policies",
                "sys/capabilities-self",
                Map.of("paths", paths)),
            call);
    List<Permission> answers = new ArrayList<>();
    for (Rule rule : rules) {
      for (String capability : rule.capabilities()) {
        List<?> has = Json.list(held, rule.probe());
        answers.add(
            Permission.of(
                Texts.CAPABILITY.with(capability, rule.path()),
                rule.neededFor(),
                has.contains(capability) || has.contains("root"),
                Texts.ADD_CAPABILITY.with(rule.hcl())));
      }
    }
    String encrypt = settings.transit() + "/encrypt/+";
    if (Json.list(held, encrypt.replace("+", PROBE)).contains("create")) {
      answers.add(
          Permission.excess(
              Texts.CAPABILITY.with("create", encrypt),
              Texts.MAKES_KEYS.with(),
              Texts.TAKE_CREATE.with(settings.transit())));
    }
    return answers;
  }

  /** By three requests at most, which change nothing and use no key. */
  public HealthReport report(CallContext call) throws BackendFailure {
    Map<String, Object> health = calls.ask(HEALTH, call);
    List<Finding> findings = new ArrayList<>(logs.findings());
    calls.clocks().finding().ifPresent(findings::add);
    if (Boolean.TRUE.equals(health.get("standby"))) {
      findings.add(
          Texts.STANDBY.warning(
              ErrorCode.POLICY_NOT_MET,
              calls.settings().address(),
              Optional.of(Json.text(health, "version"))
                  .filter(version -> version.matches("[0-9A-Za-z.+-]{1,40}"))
                  .map(Texts.OF_VERSION::with)
                  .orElse("")));
    }
    assurance.finding(call).ifPresent(findings::add);
    findings.addAll(keys.all());
    Optional<Map<String, Object>> token =
        RequestGate.unless(FailureCode.ACCESS_DENIED, () -> calls.send(VaultCalls.LOOK_UP, call));
    if (token.isEmpty()) {
      findings.add(Texts.NO_LOOK_UP.warning(ErrorCode.PERMISSION_UNKNOWN));
    } else if (Json.list(token.get(), "policies").contains("root")) {
      findings.add(Texts.ROOT.warning(ErrorCode.POLICY_NOT_MET));
    } else if (Long.valueOf(0).equals(token.get().get("ttl"))) {
      findings.add(Texts.ENDLESS.warning(ErrorCode.POLICY_NOT_MET));
    }
    return HealthReport.of(findings);
  }
}
