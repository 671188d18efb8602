package dev.enclave.kubernetes.campaign;

import dev.enclave.Enclave;
import dev.enclave.campaign.cloud.Backups;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.SealedHalves;
import dev.enclave.campaign.kubernetes.ApiClient;
import dev.enclave.testkit.RecordingAuditSink;
import java.net.URI;
import java.security.KeyPair;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The namespace as an administrator sees it, past the relay. What a Secret seals cannot be read
 * without its key-encryption key, but how many private halves it seals is in the clear: each has a
 * section of its own, with the name that the version has. So a private key is LIVE while its
 * section is there, whatever the sealed manifest says of the version.
 */
final class KubernetesAccount implements CloudAccount {

  private static final String PREFIX = "enclave-";
  private static final String ENDING = "-key";

  private final KubernetesUnderTest cloud;
  private final Deployment deployment;
  private final ApiClient admin;
  private final String namespace;

  KubernetesAccount(KubernetesUnderTest cloud, Deployment deployment) {
    this.cloud = cloud;
    this.deployment = deployment;
    String[] administrator =
        Objects.requireNonNull(deployment.files().get(PodSite.ADMINISTRATOR)).split("\n", 3);
    this.admin = ApiClient.to(URI.create(administrator[0]), administrator[2], administrator[1]);
    this.namespace = Objects.requireNonNull(deployment.files().get(PodSite.FOLDER + "namespace"));
  }

  @Override
  public Map<String, Set<String>> claimed() {
    Map<String, Set<String>> claimed = new TreeMap<>();
    for (String secret : secrets()) {
      if (secret.startsWith(PREFIX) && secret.endsWith(ENDING)) {
        claimed.put(
            secret.substring(PREFIX.length(), secret.length() - ENDING.length()), halves(secret));
      }
    }
    return claimed;
  }

  @Override
  public Map<String, State> keys() {
    Map<String, State> keys = new HashMap<>();
    for (String secret : secrets()) {
      halves(secret).forEach(half -> keys.put(half, State.LIVE));
    }
    return keys;
  }

  private Set<String> secrets() {
    ApiClient.Answer list = admin.get("/api/v1/namespaces/" + namespace + "/secrets?limit=5000");
    Set<String> names = new TreeSet<>();
    for (int i = 0; list.at("items", Integer.toString(i), "metadata", "name").isPresent(); i++) {
      names.add(list.required("items", Integer.toString(i), "metadata", "name"));
    }
    return names;
  }

  private Set<String> halves(String secret) {
    ApiClient.Answer answer = admin.get("/api/v1/namespaces/" + namespace + "/secrets/" + secret);
    byte[] record = Base64.getDecoder().decode(answer.required("data", "record"));
    return SealedHalves.of(record).stream()
        .map(label -> "kubernetes:" + namespace + "/" + secret + "/" + label)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Nothing but Enclave seals a Secret: by one of its own, and known by name. */
  @Override
  public String importP256(KeyPair pair) {
    try (Enclave enclave = deployment.builder(cloud).with(new RecordingAuditSink()).open()) {
      Backups.of(pair).restore(enclave, "known");
    }
    return "known";
  }

  @Override
  public void close() {}
}
