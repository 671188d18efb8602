package dev.enclave.emulators.internal.gcp;

import com.google.rpc.Code;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.wire.ServiceRequest;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * "Quotas": requests of the calling project a minute, in three kinds.
 * google/api/error_reason.proto, RATE_LIMIT_EXCEEDED, has the shape of the refusal; the names of
 * metric and limit are made up. Minutes are those of the server's clock. Thread-safe.
 */
public final class Quotas {

  /** What requests are counted as. */
  public enum Kind {
    READ,
    WRITE,
    CRYPTOGRAPHIC
  }

  private static final Set<String> CRYPTOGRAPHIC =
      Set.of(
          "AsymmetricDecrypt",
          "AsymmetricSign",
          "Decrypt",
          "Encrypt",
          "GenerateRandomBytes",
          "GetPublicKey");

  private final String project;
  private final Map<Kind, Integer> limits;
  private final Map<Kind, Integer> used = new EnumMap<>(Kind.class);
  private long minute;

  /** Limits of {@code project}; a kind without one has none. */
  public Quotas(String project, Map<Kind, Integer> limits) {
    this.project = project;
    this.limits = Map.copyOf(limits);
  }

  /** Counts a request, or refuses it. */
  synchronized void count(ServiceRequest request) {
    long now = request.time().getEpochSecond() / 60;
    if (now != minute) {
      minute = now;
      used.clear();
    }
    Kind kind = kindOf(request.operation());
    Integer limit = limits.get(kind);
    if (limit != null && used.merge(kind, 1, Integer::sum) > limit) {
      throw exceeded(kind, limit);
    }
  }

  private static Kind kindOf(String operation) {
    if (CRYPTOGRAPHIC.contains(operation)) {
      return Kind.CRYPTOGRAPHIC;
    }
    return operation.startsWith("Get")
            || operation.startsWith("List")
            || operation.startsWith("Test")
        ? Kind.READ
        : Kind.WRITE;
  }

  private GcpFailure exceeded(Kind kind, int limit) {
    String metric = kind.name().toLowerCase(java.util.Locale.ROOT) + "_requests";
    return GcpFailure.of(
        Code.RESOURCE_EXHAUSTED,
        "Quota exceeded for quota metric '" + metric + "' of service '" + GcpService.NAME + "'.",
        GcpFailure.info(
            "RATE_LIMIT_EXCEEDED",
            Map.of(
                "consumer", "projects/" + project,
                "service", GcpService.NAME,
                "quota_metric", GcpService.NAME + "/" + metric,
                "quota_limit", kind + "-per-minute-per-project",
                "quota_limit_value", Integer.toString(limit))));
  }
}
