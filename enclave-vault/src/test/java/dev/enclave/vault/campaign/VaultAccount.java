package dev.enclave.vault.campaign;

import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.kit.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.Arrays;

/** The mounts as an administrator sees them, by plain HTTP and without Enclave. */
final class VaultAccount implements CloudAccount {

  private static final String DOCUMENTS = "secret/metadata/enclave/keys";

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI address;
  private final String token;

  VaultAccount(Deployment deployment) {
    address = URI.create(Objects.requireNonNull(deployment.settings().get(VaultUnderTest.ADDRESS)));
    token = Objects.requireNonNull(deployment.files().get(VaultUnderTest.TOKEN_FILE));
  }

  @Override
  public Map<String, Set<String>> claimed() {
    Map<String, Set<String>> claimed = new TreeMap<>();
    for (String name : names(DOCUMENTS)) {
      Set<String> keys = new TreeSet<>();
      Map<String, Object> document = data("GET", "secret/data/enclave/keys/" + name, Map.of());
      Json.map(document, "data", "versions")
          .forEach((number, version) -> keys.add(uri(Json.text(version, "private-key"))));
      claimed.put(name, keys);
    }
    return claimed;
  }

  /** Takes out of a document what says which key it is of. */
  void unlabel(String name) {
    String path = "secret/data/enclave/keys/" + name;
    Map<String, Object> document = new HashMap<>(Json.map(data("GET", path, Map.of()), "data"));
    document.remove("key");
    data("POST", path, Map.of("data", document));
  }

  private static String uri(String key) {
    return "transit/keys/" + key + "/1";
  }

  @Override
  public Map<String, State> keys() {
    Map<String, State> states = new HashMap<>();
    for (String name : names("transit/keys")) {
      Map<String, Object> key = data("GET", "transit/keys/" + name, Map.of());
      boolean signs = !Long.valueOf(2).equals(key.get("min_encryption_version"));
      states.put(uri(name), signs ? State.LIVE : State.RETIRED);
    }
    return states;
  }

  private List<String> names(String path) {
    return Json.list(data("GET", path + "?list=true", Map.of()), "keys").stream()
        .map(String::valueOf)
        .toList();
  }

  /** The data of an answer; empty where there is nothing. */
  private Map<String, Object> data(String method, String path, Map<String, Object> body) {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/v1/" + path))
            .header("X-Vault-Token", token)
            .method(
                method,
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(Json.write(body)))
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      if (answer.statusCode() >= 400 && answer.statusCode() != 404) {
        throw new IllegalStateException(path + " was answered with " + answer.statusCode());
      }
      return Json.map(Json.object(answer.body()).orElse(Map.of()), "data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** By an AES key of 256 bits (RFC 5649) that goes with it under the mount's RSA key. */
  @Override
  public String importP256(KeyPair pair) throws GeneralSecurityException {
    SecretKeySpec aes = new SecretKeySpec(SecureRandom.getSeed(32), "AES");
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
    oaep.init(
        Cipher.ENCRYPT_MODE,
        wrappingKey(),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding", "SunJCE");
    kwp.init(Cipher.WRAP_MODE, aes);
    byte[] wrapped =
        Arrays.concatenate(oaep.doFinal(aes.getEncoded()), kwp.wrap(pair.getPrivate()));
    data(
        "POST",
        "transit/keys/known/import",
        Map.of(
            "type",
            "ecdsa-p256",
            "hash_function",
            "SHA256",
            "ciphertext",
            Base64.getEncoder().encodeToString(wrapped)));
    return "transit/keys/known";
  }

  private PublicKey wrappingKey() throws GeneralSecurityException {
    String pem = Json.text(data("GET", "transit/wrapping_key", Map.of()), "public_key");
    byte[] spki = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    return KeyFactory.getInstance("RSA", "SunRsaSign").generatePublic(new X509EncodedKeySpec(spki));
  }

  @Override
  public void close() {}
}
