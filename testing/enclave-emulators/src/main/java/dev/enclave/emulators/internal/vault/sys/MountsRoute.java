package dev.enclave.emulators.internal.vault.sys;

import dev.enclave.emulators.internal.vault.common.Access;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.PathTable.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is mounted: {@code sys/mounts}, which a policy must allow to read, and {@code
 * sys/internal/ui/mounts}, which tells whoever may use a mount ({@code vault/logical_system.go}).
 */
public final class MountsRoute implements VaultRoute {

  /** Where it is, below {@code sys/}. */
  public static final List<String> PREFIXES = List.of("sys/mounts", "sys/internal/ui/mounts");

  private static final long SYSTEM_TTL = 2_764_800; // 32 days, the default of both lease times.

  /**
   * A mount.
   *
   * @param path such as {@code transit/}
   * @param type such as {@code transit} or {@code kv}
   * @param options such as the version of a key/value engine
   */
  public record Mount(String path, String type, Optional<Map<String, String>> options) {}

  private final List<Mount> mounts;
  private final Access access;
  private final String version;
  private final PathTable paths = new PathTable();
  private final Map<String, String> ids = new LinkedHashMap<>();

  /** Of these mounts; {@code version} is that of the server. */
  public MountsRoute(List<Mount> mounts, Access access, String version) {
    this.mounts = mounts;
    this.access = access;
    this.version = version;
    mounts.forEach(mount -> ids.put(mount.path(), UUID.randomUUID().toString()));
    paths
        .on("/?", Operation.READ, "sys/mounts", this::all)
        .on("/(?<path>.+?)/?", Operation.READ, "sys/mounts:read", this::one);
  }

  @Override
  public String nameOf(Operation operation, String rest) {
    return paths.nameOf(operation, rest);
  }

  /** The other checks by itself whether the token may see the mount. */
  @Override
  public boolean needsNoToken(VaultCall call) {
    return call.mount().equals(PREFIXES.get(1));
  }

  @Override
  public VaultAnswer handle(VaultCall call) {
    return paths.handle(call);
  }

  private VaultAnswer all(VaultCall call, Parameters parameters) {
    if (needsNoToken(call)) {
      throw VaultFailure.unsupportedPath();
    }
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    mounts.forEach(mount -> data.put(mount.path(), info(mount, 0)));
    return VaultAnswer.ofSystem(data);
  }

  private VaultAnswer one(VaultCall call, Parameters parameters) {
    String path = parameters.get("path") + "/";
    if (needsNoToken(call)) {
      return preflight(call, path);
    }
    return VaultAnswer.ofSystem(
        mounts.stream()
            .filter(mount -> mount.path().equals(path))
            .findFirst()
            .map(mount -> info(mount, SYSTEM_TTL))
            .orElseThrow(() -> VaultFailure.invalid("No secret engine mount at " + path)));
  }

  /** Of a path below a mount, so that a client knows what kind of engine it talks to. */
  private VaultAnswer preflight(VaultCall call, String path) {
    if (call.token().isEmpty()) {
      throw VaultFailure.of(403, "permission denied");
    }
    Mount found =
        mounts.stream()
            .filter(mount -> path.startsWith(mount.path()))
            .filter(mount -> access.seesMount(call, mount.path()))
            .findFirst()
            .orElseThrow(
                () ->
                    VaultFailure.of(
                        403,
                        "preflight capability check returned 403, please ensure client's policies"
                            + " grant access to path \""
                            + path
                            + "\""));
    Map<String, @Nullable Object> data = info(found, SYSTEM_TTL);
    data.put("path", found.path());
    return VaultAnswer.of(data);
  }

  private Map<String, @Nullable Object> info(Mount mount, long ttl) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("default_lease_ttl", ttl);
    config.put("max_lease_ttl", ttl);
    config.put("force_no_cache", false);
    String id = String.valueOf(ids.get(mount.path()));
    Map<String, @Nullable Object> info = new LinkedHashMap<>();
    info.put("type", mount.type());
    info.put("description", "");
    info.put("accessor", mount.type() + "_" + id.substring(0, 8));
    info.put("config", config);
    info.put("local", false);
    info.put("seal_wrap", false);
    info.put("external_entropy_access", false);
    info.put("options", mount.options().orElse(null));
    info.put("uuid", id);
    info.put("plugin_version", "");
    info.put("running_plugin_version", "v" + version + "+builtin");
    info.put("running_sha256", "");
    info.put("deprecation_status", "supported");
    return info;
  }
}
