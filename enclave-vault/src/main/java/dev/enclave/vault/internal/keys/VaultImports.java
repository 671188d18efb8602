package dev.enclave.vault.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.document.DocumentedKeys.PrivateHalf;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.RsaAesTaker;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultRequest;
import dev.enclave.vault.internal.texts.Texts;
import java.security.SecureRandom;
import java.util.Map;

/**
 * Brings private keys into Transit, wrapped for the mount's own RSA key of 4,096 bits. A Transit
 * key is imported once; a repetition goes on with it, and the public key that Transit then tells is
 * compared. Thread-safe.
 */
public final class VaultImports extends RsaAesTaker {

  private final VaultKeys keys;

  public VaultImports(VaultKeys keys, SecureRandom random) {
    super(VaultCalls.REFUSALS, VaultScheme.SUPPORTED, random);
    this.keys = keys;
  }

  @Override
  public void requireReady(CallContext call) throws BackendFailure {
    wrappingKey(call);
  }

  @Override
  public ServiceKey bring(Making into, Version version, CallContext call) throws BackendFailure {
    return keys.enterImported(
        into.name(), into.unit(), unit -> imported(unit, into, version, call), call);
  }

  private PrivateHalf imported(String unit, Making into, Version version, CallContext call)
      throws BackendFailure {
    String key = keys.place().transitKey(into.name(), unit);
    String path = keys.place().key(key);
    if (keys.transit(key, call).isEmpty()) {
      Bytes wrapped = wrapped(version, into.algorithm(), wrappingKey(call));
      Map<String, Object> body =
          Map.of(
              "ciphertext",
              VaultUse.base64(wrapped.toByteArray()),
              "type",
              VaultScheme.type(into.algorithm()),
              "hash_function",
              "SHA256",
              // Not to sign by what comes after it, but to be switched off.
              "allow_rotation",
              true);
      VaultRequest request = VaultRequest.change("import", path, path + "/import", body);
      RequestGate.unless(FailureCode.ALREADY_EXISTS, () -> keys.calls().send(request, call));
    }
    return BackendFailure.afterChange(
        Texts.KEY_IMPORTED.with(path), () -> keys.imported(key, into.algorithm(), call));
  }

  private Bytes wrappingKey(CallContext call) throws BackendFailure {
    String path = keys.place().transit() + "/wrapping_key";
    Map<String, Object> told = keys.calls().send(VaultRequest.read(path, path), call);
    return wrappingKey(Json.text(told, "public_key"), path);
  }
}
