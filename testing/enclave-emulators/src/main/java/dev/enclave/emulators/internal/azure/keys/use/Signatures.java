package dev.enclave.emulators.internal.azure.keys.use;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.model.UsageRules;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import java.util.LinkedHashMap;
import java.util.Map;

/** REST API, Sign and Verify. "Strictly, this operation is sign hash or verify hash." */
public final class Signatures {

  private final Shared shared;

  public Signatures(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.SIGN, this::sign);
    operations.put(KeyVaultOperation.VERIFY, this::verify);
  }

  private Map<String, ?> sign(Call call) {
    SignatureAlgorithm algorithm = algorithm(call.input());
    byte[] digest = call.input().requiredBytes("value");
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    KeyVersion version = shared.vault().version(key, call.route().version());
    UsageRules.require(version, "sign", call.now());
    requireFit(algorithm, key, version);
    requireLength("value", algorithm, digest);
    byte[] signature = algorithm.sign(version.material(), digest, shared.random());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("kid", shared.answers().kid(key, version));
    answer.put("value", Base64Url.encode(signature));
    return answer;
  }

  /** Verify: value: "True if the signature is verified, otherwise false." */
  private Map<String, ?> verify(Call call) {
    SignatureAlgorithm algorithm = algorithm(call.input());
    byte[] digest = call.input().requiredBytes("digest");
    byte[] signature = call.input().requiredBytes("value");
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    KeyVersion version = shared.vault().version(key, call.route().version());
    UsageRules.require(version, "verify", call.now());
    requireFit(algorithm, key, version);
    requireLength("digest", algorithm, digest);
    return Map.of("value", algorithm.verify(version.material(), digest, signature));
  }

  private static SignatureAlgorithm algorithm(Input input) {
    String name = input.requiredText("alg");
    return SignatureAlgorithm.named(name)
        .orElseThrow(
            () -> AzureFailure.badParameter("Algorithm " + name + " is not supported to sign."));
  }

  private void requireFit(SignatureAlgorithm algorithm, KeyEntry key, KeyVersion version) {
    if (!algorithm.fits(version.material())) {
      throw AzureFailure.badParameter(
          "Key and signing algorithm are incompatible. Key "
              + shared.answers().kid(key, version)
              + " is of type "
              + version.type().wireName()
              + ", and algorithm "
              + algorithm.name()
              + " is for another type or curve.");
    }
  }

  /** RS256: "must be 32 bytes in length", and so on. */
  private static void requireLength(String name, SignatureAlgorithm algorithm, byte[] digest) {
    if (digest.length != algorithm.digestLength()) {
      throw AzureFailure.badParameter(
          "Invalid length of '"
              + name
              + "': "
              + digest.length
              + " bytes. "
              + algorithm.name()
              + " requires "
              + algorithm.digestLength()
              + " bytes, encoded with base64url.");
    }
  }
}
