package dev.enclave.kubernetes.internal.settings;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.cloud.setup.CheckedSettings;
import dev.enclave.cloud.setup.Places;
import dev.enclave.error.UsageException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.KeyEncryptionKey;
import dev.enclave.spi.backend.KeyEncryptionKeys;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The settings of the Kubernetes backend, read and checked. Immutable. */
public final class KubernetesSettings {

  public static final String NAMESPACE = "namespace";
  public static final String KEK = "kek";
  public static final String DATA_KEY_LIFETIME = "data-key-lifetime";
  public static final String TOKEN_FILE = "token-file";
  public static final String KUBECONFIG = "kubeconfig";

  public static final List<SettingSpec> SPECS =
      List.of(
          SettingSpec.of(
              NAMESPACE,
              "The namespace of the Secrets, for example payments; by default the pod's own."),
          SettingSpec.of(
              KEK,
              "The key of another backend that wraps the data keys, for example"
                  + " aws-kms:payments-kek, or a whole handle."),
          SettingSpec.of(
              DATA_KEY_LIFETIME,
              "How long an unwrapped data key is kept in memory, for example PT15M; by default"
                  + " PT1H."),
          SettingSpec.of(
              TOKEN_FILE,
              "The file of the pod's projected service-account token, for example"
                  + " /var/run/secrets/enclave/token; by default"
                  + " /var/run/secrets/kubernetes.io/serviceaccount/token."),
          SettingSpec.of(
              KUBECONFIG,
              "A kubeconfig file for work outside the cluster, for example"
                  + " /home/dev/.kube/config; in DEVELOPMENT and LOCAL."));

  /** A pod, or a kubeconfig that was set for Enclave; not the variable of kubectl. */
  public static final Places PLACES =
      new Places("Kubernetes", List.of("kubernetes"), List.of(KUBECONFIG));

  /** A DNS label (RFC 1123), as namespaces are named. */
  public static final Pattern NAMESPACE_FORM =
      Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private static final Pattern BACKEND_AND_NAME =
      Pattern.compile("([a-z][a-z0-9-]{0,31}):([a-z][a-z0-9-]{0,51})");

  private static final Duration USUAL_LIFETIME = Duration.ofHours(1);
  private static final Duration SHORTEST_LIFETIME = Duration.ofMinutes(1);
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(1);

  private final CheckedSettings settings;
  private final Optional<String> namespace;
  private final Optional<Kek> kek;
  private final Duration dataKeyLifetime;

  /** How the key-encryption key is borrowed. */
  @FunctionalInterface
  public interface Kek {
    KeyEncryptionKey from(KeyEncryptionKeys others) throws BackendFailure;
  }

  private KubernetesSettings(BackendSettings section) throws BackendFailure {
    this.settings = new CheckedSettings(section);
    this.namespace =
        settings.text(NAMESPACE, NAMESPACE_FORM, "Set it to a namespace, such as payments.");
    this.kek = kek(settings);
    this.dataKeyLifetime = lifetime(settings);
  }

  /**
   * Reads and checks all of them.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED}, naming the setting
   */
  public static KubernetesSettings of(BackendSettings settings) throws BackendFailure {
    return new KubernetesSettings(settings);
  }

  /** Whether secrets are real there: PRODUCTION and STAGING. */
  public static boolean strict(EnvironmentType environment) {
    return environment == EnvironmentType.PRODUCTION || environment == EnvironmentType.STAGING;
  }

  /** None: the pod's own. */
  public Optional<String> namespace() {
    return namespace;
  }

  /** None: data keys are not wrapped. */
  public Optional<Kek> kek() {
    return kek;
  }

  /** How long an unwrapped data key is kept. */
  public Duration dataKeyLifetime() {
    return dataKeyLifetime;
  }

  /** A path. */
  public Optional<String> tokenFile() {
    return settings.text(TOKEN_FILE);
  }

  /** A path. */
  public Optional<String> kubeconfig() {
    return settings.text(KUBECONFIG);
  }

  /** The name as the operator writes it. */
  public String fullName(String name) {
    return settings.fullName(name);
  }

  private static Optional<Kek> kek(CheckedSettings settings) throws BackendFailure {
    Optional<String> set = settings.text(KEK);
    if (set.isEmpty()) {
      return Optional.empty();
    }
    String text = set.get();
    try {
      if (text.startsWith("enclave:")) {
        KeyHandle handle = KeyHandle.parse(text);
        return Optional.of(others -> others.of(handle));
      }
      var parts = BACKEND_AND_NAME.matcher(text);
      if (parts.matches()) {
        BackendId backend = BackendId.of(parts.group(1));
        KeyName name = KeyName.of(parts.group(2));
        return Optional.of(others -> others.of(backend, name));
      }
    } catch (UsageException e) {
      // Said below.
    }
    throw settings.wrong(
        KEK, text, "Write a backend and a wrapping key of it, such as aws-kms:payments-kek.");
  }

  private static Duration lifetime(CheckedSettings settings) throws BackendFailure {
    Optional<String> set = settings.text(DATA_KEY_LIFETIME);
    if (set.isEmpty()) {
      return USUAL_LIFETIME;
    }
    try {
      Duration lifetime = Duration.parse(set.get());
      if (lifetime.compareTo(SHORTEST_LIFETIME) >= 0 && lifetime.compareTo(LONGEST_LIFETIME) <= 0) {
        return lifetime;
      }
    } catch (DateTimeException e) {
      // Said below.
    }
    throw settings.wrong(
        DATA_KEY_LIFETIME,
        set.get(),
        "Write an ISO 8601 duration from PT1M to PT24H, such as PT15M.");
  }
}
