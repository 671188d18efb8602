package dev.enclave.kubernetes.rewrap;

import dev.enclave.Bytes;
import dev.enclave.SealedBytes;
import dev.enclave.campaign.kubernetes.ApiClient;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.kubernetes.campaign.PodSite;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** The Secrets of a namespace as an administrator sees them, past every relay. */
final class SealedSecrets {

  private final ApiClient admin;
  private final String path;

  SealedSecrets(PodSite site) {
    this.admin = site.server().admin();
    this.path = "/api/v1/namespaces/" + site.namespace() + "/secrets";
  }

  /** Which version of the key-encryption key seals each key, by the Secret's name. */
  Map<String, String> versions() {
    ApiClient.Answer list = admin.get(path + "?limit=5000&labelSelector=enclave.dev/kind=key");
    Map<String, String> versions = new TreeMap<>();
    for (int i = 0; list.at("items", Integer.toString(i), "metadata", "name").isPresent(); i++) {
      String index = Integer.toString(i);
      versions.put(
          list.required("items", index, "metadata", "name"),
          version(list.required("items", index, "data", "record")));
    }
    return versions;
  }

  private static String version(String record) {
    byte[] bytes = Base64.getDecoder().decode(record);
    return SealedBytes.parse(
            RecordBackend.dataKeyOf(Bytes.of(bytes)).orElseThrow().wrapped().toByteArray())
        .version()
        .value();
  }

  /** A Secret's record, in base64. */
  String record(String secret) {
    return admin.get(path + "/" + secret).required("data", "record");
  }

  /** Puts a record, in base64, in place of a Secret's own. */
  void put(String secret, String record) {
    String now = admin.get(path + "/" + secret).body();
    String other = now.replace(record(secret), record);
    ApiClient.Answer answer = admin.put(path + "/" + secret, other);
    if (answer.status() != 200) {
      throw new AssertionError("the Secret was not replaced: " + answer.body());
    }
  }
}
