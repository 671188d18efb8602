package dev.enclave.vault.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.PublicKeyInfo;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.KeyTaker;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultRequest;
import dev.enclave.vault.internal.texts.Texts;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Brings private keys into Transit, wrapped for the mount's own RSA key of 4,096 bits. A Transit
 * key is imported once; a repetition goes on with it, and the public key that Transit then tells is
 * compared. Thread-safe.
 */
public final class VaultImports implements KeyTaker {

  private static final ImportSupport SUPPORT =
      ImportSupport.of(
          VaultScheme.SUPPORTED.stream()
              .map(AlgorithmSupport::algorithm)
              .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
              .collect(Collectors.toUnmodifiableSet()),
          false);

  private static final WrappingAlgorithm WRAPPING = WrappingAlgorithm.RSA_OAEP_4096_SHA256;

  private final VaultKeys keys;
  private final SecureRandom random;

  public VaultImports(VaultKeys keys, SecureRandom random) {
    this.keys = keys;
    this.random = random;
  }

  @Override
  public ImportSupport support() {
    return SUPPORT;
  }

  @Override
  public BackendFailure notTaken(KeyAlgorithm algorithm) {
    return VaultCalls.REFUSALS.notImported(algorithm, Texts.NO_KEYS_FOR_IT.with());
  }

  @Override
  public void check(Version version, KeyAlgorithm algorithm) throws BackendFailure {
    KeyTaker.checked(version, algorithm, VaultCalls.REFUSALS, random).close();
  }

  @Override
  public void requireReady(CallContext call) throws BackendFailure {
    wrappingKey(call);
  }

  @Override
  public ServiceKey bring(Making into, Version version, CallContext call) throws BackendFailure {
    String key = keys.place().transitKey(into.name(), into.unit());
    String path = keys.place().key(key);
    if (keys.transit(key, call).isEmpty()) {
      Map<String, Object> body =
          Map.of(
              "ciphertext",
              wrapped(version, into.algorithm(), call),
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
        Texts.KEY_IMPORTED.with(path),
        () -> keys.enterImported(into.name(), key, into.algorithm(), into.unit(), call));
  }

  private String wrapped(Version version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    Bytes wrappingKey = wrappingKey(call);
    try (SecretBytes pkcs8 = KeyTaker.checked(version, algorithm, VaultCalls.REFUSALS, random)) {
      Bytes wrapped = RsaAesKeyWrap.SHA_256.wrap(wrappingKey, pkcs8, random);
      return Base64.getEncoder().encodeToString(wrapped.toByteArray());
    }
  }

  private Bytes wrappingKey(CallContext call) throws BackendFailure {
    String path = keys.place().transit() + "/wrapping_key";
    Map<String, Object> told = keys.calls().send(VaultRequest.read(path, path), call);
    try {
      return PublicKeyInfo.fromPem(Json.text(told, "public_key"), WRAPPING).spki();
    } catch (EnclaveException e) {
      throw VaultCalls.REFUSALS
          .wrongAnswer(Texts.NO_WRAPPING_KEY.with(WRAPPING.keyBits()))
          .naming(path);
    }
  }
}
