package dev.enclave.core.internal.config;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings by which a later source lowers nothing, each group with the reason. Of these the
 * later value wins. {@link Strictness} has all others.
 */
public final class NotLowering {

  private static final Map<String, List<String>> BY_REASON =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "chooses among what the policy allows: assurance, origin and stamp of each key"
                      + " are checked wherever it lives",
                  List.of(
                      SettingNames.BACKEND,
                      SettingNames.PRECEDENCE,
                      "enclave.aws-kms.region",
                      "enclave.azure-keyvault.vault-url",
                      "enclave.gcp-kms.key-ring",
                      "enclave.kubernetes.namespace",
                      "enclave.kubernetes.kek",
                      "enclave.os.directory",
                      "enclave.software.directory")),
              Map.entry(
                  "says where the requests go: PRODUCTION and STAGING refuse what is neither the"
                      + " provider's own nor allowed",
                  List.of(
                      "enclave.aws-kms.endpoint",
                      "enclave.aws-kms.sts-endpoint",
                      "enclave.gcp-kms.endpoint")),
              Map.entry(
                  "says who asks: what that identity may do is decided at the provider",
                  List.of(
                      "enclave.aws-kms.federated-from",
                      "enclave.aws-kms.role-arn",
                      "enclave.aws-kms.federation-audience",
                      "enclave.azure-keyvault.identity-client-id",
                      "enclave.azure-keyvault.federated-from",
                      "enclave.azure-keyvault.tenant-id",
                      "enclave.gcp-kms.credentials-file",
                      "enclave.kubernetes.token-file")),
              Map.entry(
                  "is refused in PRODUCTION and STAGING, whichever source states it",
                  List.of(
                      "enclave.aws-kms.access-key-id",
                      "enclave.aws-kms.secret-access-key",
                      "enclave.aws-kms.session-token",
                      "enclave.gcp-kms.access-token",
                      "enclave.kubernetes.kubeconfig")),
              Map.entry(
                  "opens the key files that it sealed and no others",
                  List.of("enclave.software.passphrase", "enclave.software.passphrase-file")),
              Map.entry(
                  "says what verifiers do, or helps them: neither end protects a key more",
                  List.of(
                      SettingNames.ROTATION_PUBLISH_AHEAD,
                      SettingNames.ROTATION_CACHE_TIME,
                      SettingNames.FALLBACK_DEPLOYMENT)),
              Map.entry(
                  "names a place, of which none is the stricter one; the record of the start"
                      + " shows it",
                  List.of(SettingNames.AUDIT_DIRECTORY, SettingNames.JOBS_DIRECTORY)),
              Map.entry(
                  "says how operations wait: each is decided by the policy when it is carried out",
                  List.of(
                      SettingNames.JOBS_KEK, SettingNames.JOBS_DEPLOYMENT, SettingNames.JOBS_MODE)),
              Map.entry(
                  "says how many requests are sent at once: each is decided by the policy",
                  List.of(
                      "enclave.aws-kms.connections",
                      "enclave.azure-keyvault.connections",
                      "enclave.gcp-kms.connections")),
              Map.entry(
                  "says how long a user may take to unlock a store",
                  List.of("enclave.os.unlock-timeout")),
              Map.entry(
                  "counts for the values of its own source",
                  List.of(SettingNames.MAY_BE_LOWERED))));

  private NotLowering() {}

  /** All of them. */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>();
    BY_REASON.values().forEach(names::addAll);
    return names;
  }

  /** For the documentation. */
  public static Map<String, ? extends Collection<String>> byReason() {
    return BY_REASON;
  }
}
