package dev.enclave.vault.internal.access;

import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
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
import java.util.stream.Stream;

/**
 * What the identity needs, as a policy and by asking the server what it has; and how the server is.
 * Thread-safe.
 */
public final class VaultAccess implements PermissionProber {

  /** A path of a policy: {@code +} is one part of it, {@code *} at its end is anything. */
  private record Rule(String neededFor, List<String> capabilities, String path) {

    /** Those of a text: what they are needed for, the capabilities, and the path. */
    static List<Rule> of(String table, VaultSettings settings) {
      return table
          .lines()
          .map(row -> row.split(": | (?=[TK]/)", 3))
          .map(row -> new Rule(row[0], List.of(row[1].split(", ", -1)), path(row[2], settings)))
          .toList();
    }

    private static String path(String path, VaultSettings settings) {
      return path.replace("/P/", "/" + settings.path() + "/")
          .replaceFirst("^T/", settings.transit() + "/")
          .replaceFirst("^K/", settings.kv() + "/");
    }

    String hcl() {
      return Texts.RULE.with(path, '"' + String.join("\", \"", capabilities) + '"');
    }

    /** Of a key that there is not. */
    String probe() {
      return path.replaceFirst("[+*]", "enclave-probe");
    }
  }

  private static final String USE =
      """
      signing: read T/keys/+
      signing: read K/data/P/keys/*
      signing: update T/sign/+
      sealing: update T/encrypt/+
      sealing: update T/decrypt/+
      """;

  /** Together with {@link #USE}. */
  private static final String ADMINISTRATION =
      """
      creating and destroying keys: create, update, delete T/keys/+
      creating and changing keys: create, update K/data/P/keys/*
      switching versions off: update T/keys/+/rotate
      switching versions off, destroying keys: update T/keys/+/config
      listing keys: list K/metadata/P/keys
      listing keys: list K/metadata/P/restoring
      looking for leftovers: list T/keys
      """;

  /** Together with both. */
  private static final String RESTORATION =
      """
      restoring backups: read T/wrapping_key
      restoring backups: update T/keys/+/import
      restoring backups: create, update K/data/P/restoring/*
      restoring backups: delete K/metadata/P/restoring/*
      """;

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
      VaultRequest.read(Texts.THE_NODE.with(), "sys/health?standbyok=true&perfstandbyok=true");

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

  /** The least that the server must allow with these settings. */
  public static AccessPolicy policy(VaultSettings settings) {
    Object[] parts =
        Stream.of(USE, ADMINISTRATION, RESTORATION)
            .map(table -> Rule.of(table, settings).stream().map(Rule::hcl))
            .map(rules -> rules.collect(Collectors.joining("\n")))
            .toArray();
    return AccessPolicy.of(true, POLICY.formatted(parts))
        .withProviderLog(Texts.AUDIT_DEVICE.with());
  }

  /** By one request, which every token may make that has the default policy. */
  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    VaultSettings settings = calls.settings();
    List<Rule> rules = Rule.of(USE + ADMINISTRATION + RESTORATION, settings);
    List<String> paths = rules.stream().map(Rule::probe).distinct().toList();
    Map<String, Object> held =
        calls.send(
            VaultRequest.use(
                "capabilities-self",
                Texts.POLICIES.with(),
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
    Rule encrypt = Rule.of("making keys: create T/encrypt/+", settings).get(0);
    if (Json.list(held, encrypt.probe()).contains("create")) {
      answers.add(
          Permission.excess(
              Texts.CAPABILITY.with("create", encrypt.path()),
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
    Map<String, Object> token = calls.send(VaultCalls.LOOK_UP, call);
    if (Json.list(token, "policies").contains("root")) {
      findings.add(Texts.ROOT.warning(ErrorCode.POLICY_NOT_MET));
    } else if (Long.valueOf(0).equals(token.get("ttl"))) {
      findings.add(Texts.ENDLESS.warning(ErrorCode.POLICY_NOT_MET));
    }
    return HealthReport.of(findings);
  }
}
