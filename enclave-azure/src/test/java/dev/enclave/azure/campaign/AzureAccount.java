package dev.enclave.azure.campaign;

import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.identity.ClientAssertionCredentialBuilder;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.ImportKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.Deployment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The vault as an administrator sees it, by Azure's own SDK and without Enclave. */
final class AzureAccount implements CloudAccount {

  private static final String PREFIX = "enclave-";
  private static final String MADE = PREFIX + "made";

  private final KeyClient keys;

  AzureAccount(Deployment deployment) {
    HttpClient http =
        new JdkHttpClientBuilder(
                java.net.http.HttpClient.newBuilder()
                    .version(java.net.http.HttpClient.Version.HTTP_1_1)
                    .sslContext(trusting(file(deployment, AzureUnderTest.CERTIFICATE))))
            .build();
    keys =
        new KeyClientBuilder()
            .vaultUrl(deployment.settings().get(AzureUnderTest.VAULT_URL))
            .credential(
                new ClientAssertionCredentialBuilder()
                    .tenantId(deployment.variables().get(AzureUnderTest.TENANT))
                    .clientId(deployment.variables().get(AzureUnderTest.CLIENT))
                    .authorityHost(deployment.variables().get(AzureUnderTest.AUTHORITY))
                    .clientAssertion(() -> file(deployment, AzureUnderTest.TOKEN_FILE))
                    .disableInstanceDiscovery()
                    .httpClient(http)
                    .build())
            .httpClient(http)
            .disableChallengeResourceVerification()
            .buildClient();
  }

  private static String file(Deployment deployment, String path) {
    return Objects.requireNonNull(deployment.files().get(path), path);
  }

  private static SSLContext trusting(String pem) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "vault",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
      TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * By the documented rule: of the versions made to be a first one, the oldest, and of those of one
   * second that of the smallest id; of those made by one rotation the same.
   */
  @Override
  public Map<String, Set<String>> claimed() {
    Map<String, Set<String>> claimed = new TreeMap<>();
    for (String name : names()) {
      if (name.startsWith(PREFIX)) {
        Map<String, Optional<KeyProperties>> winners =
            versions(name).stream()
                .filter(version -> version.getTags() != null)
                .collect(
                    Collectors.groupingBy(
                        AzureAccount::race,
                        Collectors.minBy(
                            Comparator.comparing(KeyProperties::getCreatedOn)
                                .thenComparing(KeyProperties::getVersion))));
        claimed.put(
            name.substring(PREFIX.length()),
            winners.values().stream()
                .map(winner -> winner.orElseThrow().getId())
                .collect(Collectors.toCollection(TreeSet::new)));
      }
    }
    return claimed;
  }

  /** Makes a version as another creation of the key does that lost its race and died. */
  void loseARace(String name) {
    Map<String, String> tags = new HashMap<>();
    for (KeyProperties version : versions(PREFIX + name)) {
      if (race(version).equals("creation")) {
        tags.putAll(version.getTags());
      }
    }
    tags.keySet().removeAll(Set.of("enclave-version", "enclave-active", "enclave-state"));
    tags.put(MADE, "CREATION/another-operation/1");
    keys.createEcKey(
        new CreateEcKeyOptions(PREFIX + name)
            .setCurveName(KeyCurveName.P_256)
            .setHardwareProtected(true)
            .setTags(tags));
  }

  private static String race(KeyProperties version) {
    String[] made = version.getTags().getOrDefault(MADE, "").split("/", -1);
    return made[0].equals("CREATION") ? "creation" : made.length > 1 ? made[1] : "";
  }

  @Override
  public Map<String, State> keys() {
    Map<String, State> states = new HashMap<>();
    for (String name : names()) {
      for (KeyProperties version : versions(name)) {
        states.put(version.getId(), version.isEnabled() ? State.LIVE : State.RETIRED);
      }
    }
    return states;
  }

  /** Without the exchange key of imports, which is no application's and expires by itself. */
  private List<String> names() {
    List<String> all =
        new ArrayList<>(collected(keys.listPropertiesOfKeys(), KeyProperties::getName));
    all.remove("import-to-enclave");
    return all;
  }

  private List<KeyProperties> versions(String name) {
    return collected(keys.listPropertiesOfKeyVersions(name), Function.identity());
  }

  private static <T> List<T> collected(
      Iterable<KeyProperties> listed, Function<KeyProperties, T> what) {
    List<T> all = new ArrayList<>();
    listed.forEach(properties -> all.add(what.apply(properties)));
    return all;
  }

  @Override
  public String importP256(KeyPair pair) {
    JsonWebKey key =
        JsonWebKey.fromEc(
            pair, Security.getProvider("SunEC"), List.of(KeyOperation.SIGN, KeyOperation.VERIFY));
    return keys.importKey(new ImportKeyOptions("known", key).setHardwareProtected(true)).getId();
  }

  @Override
  public void close() {}
}
