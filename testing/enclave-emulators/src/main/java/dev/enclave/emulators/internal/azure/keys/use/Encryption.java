package dev.enclave.emulators.internal.azure.keys.use;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.model.UsageRules;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.util.LinkedHashMap;
import java.util.Map;

/** REST API, Encrypt, Decrypt, Wrap Key and Unwrap Key. */
public final class Encryption {

  /** What each operation needs in key_ops. */
  private static final Map<KeyVaultOperation, String> KEY_OPERATIONS =
      Map.of(
          KeyVaultOperation.ENCRYPT, "encrypt",
          KeyVaultOperation.DECRYPT, "decrypt",
          KeyVaultOperation.WRAP_KEY, "wrapKey",
          KeyVaultOperation.UNWRAP_KEY, "unwrapKey");

  private final Shared shared;

  public Encryption(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    KEY_OPERATIONS.keySet().forEach(operation -> operations.put(operation, this::compute));
  }

  private Map<String, ?> compute(Call call) {
    KeyVaultOperation operation = call.route().operation();
    String algorithm = call.input().requiredText("alg");
    byte[] value = call.input().requiredBytes("value");
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    KeyVersion version = shared.vault().version(key, call.route().version());
    UsageRules.require(version, KEY_OPERATIONS.getOrDefault(operation, ""), call.now());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("kid", shared.answers().kid(key, version));
    answer.putAll(
        switch (operation) {
          case ENCRYPT, WRAP_KEY -> forth(operation, algorithm, version.material(), value, call);
          default -> back(operation, algorithm, version.material(), value, call);
        });
    return answer;
  }

  private Map<String, Object> forth(
      KeyVaultOperation operation, String algorithm, Material material, byte[] value, Call call) {
    if (material instanceof RsaMaterial rsa) {
      return value(RsaEncryption.named(algorithm).encrypt(rsa, value, shared.random()));
    }
    if (material instanceof SecretMaterial secret) {
      return operation == KeyVaultOperation.ENCRYPT
          ? AesEncryption.encrypt(secret, algorithm, value, call.input(), shared.random())
          : value(AesEncryption.wrap(secret, algorithm, value));
    }
    throw unsuitable(algorithm);
  }

  private static Map<String, Object> back(
      KeyVaultOperation operation, String algorithm, Material material, byte[] value, Call call) {
    if (material instanceof RsaMaterial rsa) {
      return value(RsaEncryption.named(algorithm).decrypt(rsa, value));
    }
    if (material instanceof SecretMaterial secret) {
      return value(
          operation == KeyVaultOperation.DECRYPT
              ? AesEncryption.decrypt(secret, algorithm, value, call.input())
              : AesEncryption.unwrap(secret, algorithm, value));
    }
    throw unsuitable(algorithm);
  }

  private static Map<String, Object> value(byte[] bytes) {
    return Map.of("value", Base64Url.encode(bytes));
  }

  static AzureFailure unsuitable(String algorithm) {
    return AzureFailure.badParameter(
        "Algorithm " + algorithm + " is not supported by this key and operation.");
  }
}
