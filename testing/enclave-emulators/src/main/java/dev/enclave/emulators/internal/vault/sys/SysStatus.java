package dev.enclave.emulators.internal.vault.sys;

import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.sys.Cluster.Node;
import dev.enclave.emulators.internal.vault.sys.Cluster.Replication;
import dev.enclave.emulators.internal.vault.sys.Cluster.Settings;
import dev.enclave.emulators.wire.ServiceRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node tells of itself without a token, sealed or not, each node by itself. */
public final class SysStatus {

  private static final Set<String> PATHS =
      Set.of("sys/health", "sys/seal-status", "sys/leader", "sys/init");
  private static final Set<String> TRUE = Set.of("", "1", "t", "true", "True", "TRUE", "T");

  /** HTTP API documentation, "/sys/health": the codes that are documented for each state. */
  private static final int STANDBY = 429;

  private static final int DR_SECONDARY = 472;
  private static final int PERFORMANCE_STANDBY = 473;
  private static final int UNINITIALIZED = 501;
  private static final int SEALED = 503;

  private final Cluster cluster;
  private final Node node;

  /** Of one node. */
  public SysStatus(Cluster cluster, Node node) {
    this.cluster = cluster;
    this.node = node;
  }

  /** Whether a node answers the path by itself. */
  public static boolean serves(String path) {
    return PATHS.contains(path);
  }

  /** The answer, without an envelope. */
  public VaultAnswer answer(String path, ServiceRequest request) {
    boolean head = path.equals("sys/health") && request.method().equals("HEAD");
    if (!request.method().equals("GET") && !head) {
      throw VaultFailure.of(405);
    }
    return switch (path) {
      case "sys/health" -> health(Form.parse(request.query()), request.query(), request.time());
      case "sys/seal-status" -> sealStatus();
      case "sys/leader" -> leader();
      default -> VaultAnswer.bare(200, Map.of("initialized", cluster.initialized()));
    };
  }

  /** {@code http/sys_health.go}, and for Vault Enterprise the documentation of its two states. */
  private VaultAnswer health(Map<String, String> query, String rawQuery, Instant now) {
    boolean standby = !cluster.isActive(node);
    boolean performance = standby && cluster.settings().flavour() == Flavour.VAULT_ENTERPRISE;
    int code;
    if (!cluster.initialized()) {
      code = code(query, "uninitcode", UNINITIALIZED);
    } else if (cluster.sealed()) {
      code = code(query, "sealedcode", SEALED);
    } else if (cluster.replication() == Replication.DR_SECONDARY) {
      code = code(query, "drsecondarycode", DR_SECONDARY);
    } else if (performance) {
      code =
          asked(query, rawQuery, "perfstandbyok")
              ? code(query, "activecode", 200)
              : code(query, "performancestandbycode", PERFORMANCE_STANDBY);
    } else if (standby) {
      code =
          asked(query, rawQuery, "standbyok")
              ? code(query, "activecode", 200)
              : code(query, "standbycode", STANDBY);
    } else {
      code = code(query, "activecode", 200);
    }
    Settings settings = cluster.settings();
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("initialized", cluster.initialized());
    body.put("sealed", cluster.sealed());
    body.put("standby", standby);
    body.put("performance_standby", performance);
    body.put("replication_performance_mode", "disabled");
    body.put(
        "replication_dr_mode",
        cluster.replication() == Replication.DR_SECONDARY ? "secondary" : "disabled");
    body.put("server_time_utc", now.getEpochSecond());
    body.put("version", settings.version());
    if (!cluster.sealed()) {
      body.put("cluster_name", settings.name());
      body.put("cluster_id", settings.id());
    }
    return VaultAnswer.bare(code, body);
  }

  private static boolean asked(Map<String, String> query, String rawQuery, String name) {
    return Optional.ofNullable(query.get(name))
        .map(TRUE::contains)
        .orElseGet(() -> List.of(rawQuery.split("&", -1)).contains(name));
  }

  private static int code(Map<String, String> query, String name, int normal) {
    try {
      return Optional.ofNullable(query.get(name)).map(Integer::parseInt).orElse(normal);
    } catch (NumberFormatException e) {
      throw VaultFailure.of(400);
    }
  }

  /** {@code vault/logical_system.go}, SealStatusResponse. */
  private VaultAnswer sealStatus() {
    Settings settings = cluster.settings();
    boolean shamir = settings.sealType().equals("shamir");
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("type", settings.sealType());
    body.put("initialized", cluster.initialized());
    body.put("sealed", cluster.sealed());
    body.put("t", 3);
    body.put("n", 5);
    body.put("progress", 0);
    body.put("nonce", "");
    body.put("version", settings.version());
    body.put("build_date", "2026-08-18T12:00:00Z");
    body.put("migration", false);
    if (!cluster.sealed()) {
      body.put("cluster_name", settings.name());
      body.put("cluster_id", settings.id());
    }
    body.put("recovery_seal", !shamir);
    body.put("storage_type", "raft");
    return VaultAnswer.bare(200, body);
  }

  /** {@code vault/ha.go}, LeaderResponse. */
  private VaultAnswer leader() {
    if (cluster.sealed()) {
      throw VaultFailure.of(503, "Vault is sealed");
    }
    boolean active = cluster.isActive(node);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("ha_enabled", true);
    body.put("is_self", active);
    if (active) {
      body.put("active_time", cluster.activeSince().toString());
    }
    String address = cluster.leader().map(Object::toString).orElse("");
    body.put("leader_address", address);
    body.put("leader_cluster_address", address);
    body.put(
        "performance_standby", !active && cluster.settings().flavour() == Flavour.VAULT_ENTERPRISE);
    body.put("performance_standby_last_remote_wal", 0);
    body.put("raft_committed_index", cluster.index());
    body.put("raft_applied_index", cluster.index());
    return VaultAnswer.bare(200, body);
  }
}
