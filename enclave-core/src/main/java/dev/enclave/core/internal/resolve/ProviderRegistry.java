package dev.enclave.core.internal.resolve;

import dev.enclave.BackendId;
import dev.enclave.ConfigurationException;
import dev.enclave.ErrorCode;
import dev.enclave.spi.BackendProvider;
import dev.enclave.spi.SettingSpec;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The providers there are, one per id, reserved ids only from our own classes. Immutable. */
public final class ProviderRegistry {

  private static final Map<BackendId, String> RESERVED =
      Map.of(
          BackendId.AWS_KMS, "dev.enclave.aws.AwsKmsBackendProvider",
          BackendId.AZURE_KEYVAULT, "dev.enclave.azure.AzureKeyVaultBackendProvider",
          BackendId.GCP_KMS, "dev.enclave.gcp.GcpKmsBackendProvider",
          BackendId.KUBERNETES, "dev.enclave.k8s.KubernetesBackendProvider",
          BackendId.OS, "dev.enclave.os.OsBackendProvider",
          BackendId.SOFTWARE, "dev.enclave.software.SoftwareBackendProvider");

  private final Map<BackendId, BackendProvider> providers;

  private ProviderRegistry(Map<BackendId, BackendProvider> providers) {
    this.providers = providers;
  }

  /**
   * Explicit instances, and discovered ones if wanted.
   *
   * @throws ConfigurationException {@link ErrorCode#BACKEND_DUPLICATE}, {@link
   *     ErrorCode#BACKEND_IMPOSTOR} or {@link ErrorCode#BACKEND_CONTRACT}
   */
  public static ProviderRegistry of(
      List<BackendProvider> explicit, boolean discovery, ClassLoader loader) {
    List<BackendProvider> all = new ArrayList<>(explicit);
    if (discovery) {
      all.addAll(discover(loader));
    }
    Map<BackendId, BackendProvider> byId = new LinkedHashMap<>();
    for (BackendProvider provider : all) {
      requireNotImpostor(provider);
      BackendProvider other = byId.putIfAbsent(provider.id(), provider);
      if (other != null) {
        throw new ConfigurationException(
            ErrorCode.BACKEND_DUPLICATE,
            "Two providers have the backend id "
                + provider.id()
                + ": "
                + originOf(other)
                + " and "
                + originOf(provider)
                + ". Remove one from the class path.");
      }
    }
    return new ProviderRegistry(byId);
  }

  private static List<BackendProvider> discover(ClassLoader loader) {
    try {
      return ServiceLoader.load(BackendProvider.class, loader).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw new ConfigurationException(
          ErrorCode.BACKEND_CONTRACT,
          "A provider on the class path cannot be loaded: "
              + e.getMessage()
              + ". Remove or repair its jar.");
    }
  }

  private static void requireNotImpostor(BackendProvider provider) {
    String owner = RESERVED.get(provider.id());
    if (owner != null && !owner.equals(provider.getClass().getName())) {
      throw new ConfigurationException(
          ErrorCode.BACKEND_IMPOSTOR,
          "Backend id "
              + provider.id()
              + " is reserved for "
              + owner
              + " but "
              + originOf(provider)
              + " claims it. Remove that jar, or give the provider an id of its own.");
    }
  }

  /** Class, version and jar of a provider, for messages and the log. */
  public static String originOf(BackendProvider provider) {
    Class<?> type = provider.getClass();
    CodeSource source = type.getProtectionDomain().getCodeSource();
    String version = type.getPackage().getImplementationVersion();
    return type.getName()
        + (version == null ? "" : " " + version)
        + (source == null ? "" : " from " + source.getLocation());
  }

  /** The provider of an id, if there is one. */
  public Optional<BackendProvider> find(BackendId id) {
    return Optional.ofNullable(providers.get(id));
  }

  /** All providers. */
  public Collection<BackendProvider> all() {
    return providers.values();
  }

  /** The settings each declares. */
  public Map<BackendId, List<SettingSpec>> settings() {
    Map<BackendId, List<SettingSpec>> settings = new LinkedHashMap<>();
    providers.forEach((id, provider) -> settings.put(id, provider.settings()));
    return settings;
  }
}
