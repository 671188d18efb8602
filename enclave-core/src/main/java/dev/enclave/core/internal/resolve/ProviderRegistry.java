package dev.enclave.core.internal.resolve;

import dev.enclave.BackendId;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The providers there are, one per id, reserved ids only from our own classes. Immutable. */
public final class ProviderRegistry {

  private static final Map<BackendId, String> RESERVED =
      Map.of(
          BackendId.AWS_KMS, "dev.enclave.aws.AwsKmsBackendProvider",
          BackendId.AZURE_KEYVAULT, "dev.enclave.azure.AzureKeyVaultBackendProvider",
          BackendId.GCP_KMS, "dev.enclave.gcp.GcpKmsBackendProvider",
          BackendId.KUBERNETES, "dev.enclave.kubernetes.KubernetesBackendProvider",
          BackendId.OS, "dev.enclave.os.OsBackendProvider",
          BackendId.PKCS11, "dev.enclave.pkcs11.Pkcs11BackendProvider",
          BackendId.SOFTWARE, "dev.enclave.software.SoftwareBackendProvider",
          BackendId.VAULT, "dev.enclave.vault.VaultBackendProvider");

  private final Map<BackendId, BackendProvider> providers;

  private ProviderRegistry(Map<BackendId, BackendProvider> providers) {
    this.providers = Collections.unmodifiableMap(providers);
  }

  /**
   * Explicit instances, and discovered ones if wanted.
   *
   * @throws ConfigurationException {@link ErrorCode#BACKEND_DUPLICATE}, {@link
   *     ErrorCode#BACKEND_IMPOSTOR} or {@link ErrorCode#BACKEND_CONTRACT}
   */
  public static ProviderRegistry of(List<BackendProvider> explicit, ClassPath classPath) {
    List<BackendProvider> all = new ArrayList<>(explicit);
    all.addAll(classPath.all(BackendProvider.class, Texts.UNLOADABLE_PROVIDER.with()));
    Map<BackendId, BackendProvider> byId = new LinkedHashMap<>();
    for (BackendProvider provider : all) {
      // Asked once: a provider that changes its id must not pass as another's.
      BackendId id = asked(provider, "id()", BackendProvider::id);
      requireNotImpostor(id, provider);
      BackendProvider other = byId.putIfAbsent(id, provider);
      if (other != null) {
        throw Texts.TWO_PROVIDERS.as(
            ErrorCode.BACKEND_DUPLICATE, id, originOf(other), originOf(provider));
      }
    }
    return new ProviderRegistry(byId);
  }

  private static <T> T asked(
      BackendProvider provider, String question, Function<BackendProvider, T> answer) {
    Optional<T> answered;
    String fault = Texts.ANSWERED_NULL.with();
    try {
      answered = Optional.ofNullable(answer.apply(provider));
    } catch (EnclaveException e) {
      throw Unexpected.rebuilt(e);
    } catch (Exception | Error e) {
      Unexpected.rethrowFatal(e);
      answered = Optional.empty();
      fault = Texts.THREW.with(e.getClass().getName());
    }
    String observed = fault;
    return answered.orElseThrow(
        () ->
            Texts.PROVIDER_BROKEN.as(
                ErrorCode.BACKEND_CONTRACT, originOf(provider), observed, question));
  }

  private static void requireNotImpostor(BackendId id, BackendProvider provider) {
    String owner = RESERVED.get(id);
    if (owner != null && !owner.equals(provider.getClass().getName())) {
      throw Texts.IMPOSTOR.as(ErrorCode.BACKEND_IMPOSTOR, id, owner, originOf(provider));
    }
  }

  /** Class, version and jar of a provider, for messages and the log. */
  public static String originOf(BackendProvider provider) {
    Class<?> type = provider.getClass();
    CodeSource source = type.getProtectionDomain().getCodeSource();
    String version = type.getPackage().getImplementationVersion();
    String named = type.getName() + (version == null ? "" : " " + version);
    return source == null ? named : Texts.FROM_JAR.with(named, source.getLocation());
  }

  /** The provider of an id, if there is one. */
  public Optional<BackendProvider> find(BackendId id) {
    return Optional.ofNullable(providers.get(id));
  }

  /** All providers, by the id each gave. */
  public Map<BackendId, BackendProvider> all() {
    return providers;
  }

  /** What each says of this place, for the choice. */
  public List<Resolver.Candidate> candidates(
      EnvironmentSnapshot environment,
      Function<BackendId, BackendSettings> sections,
      Map<String, Detection> places) {
    List<Resolver.Candidate> candidates = new ArrayList<>();
    providers.forEach(
        (id, provider) -> {
          BackendSettings section = sections.apply(id);
          candidates.add(
              new Resolver.Candidate(
                  id,
                  asked(provider, "assuranceCeiling()", BackendProvider::assuranceCeiling),
                  asked(
                      provider,
                      "detect()",
                      p -> p.detect(new DetectionContext(environment, section, places))),
                  !section.names().isEmpty()));
        });
    return candidates;
  }

  /** The settings each declares. */
  public Map<BackendId, List<SettingSpec>> settings() {
    Map<BackendId, List<SettingSpec>> settings = new LinkedHashMap<>();
    providers.forEach(
        (id, provider) ->
            settings.put(id, asked(provider, "settings()", p -> List.copyOf(p.settings()))));
    return settings;
  }
}
