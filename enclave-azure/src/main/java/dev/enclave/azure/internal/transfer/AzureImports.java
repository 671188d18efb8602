package dev.enclave.azure.internal.transfer;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.ImportKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureScheme;
import dev.enclave.azure.internal.transfer.AzureExchangeKeys.ExchangeKey;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.ledger.KeyTaker;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.TaggedService.Making;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * Brings single private keys into the vault's HSM, in the transfer blob of "Bring your own key
 * specification": only the HSM can open it. A vault deletes no single version, so what can be found
 * wrong is looked for before the first is sent. Thread-safe.
 */
public final class AzureImports implements KeyTaker {

  private final AzureKeys keys;
  private final AzureExchangeKeys exchangeKeys;
  private final SecureRandom random;
  private final ImportSupport support;

  public AzureImports(AzureKeys keys, SecureRandom random) {
    this.keys = keys;
    this.exchangeKeys = new AzureExchangeKeys(keys.calls());
    this.random = random;
    this.support =
        ImportSupport.of(
            KeyAlgorithm.all().stream()
                .filter(algorithm -> keys.calls().endpoint().imports())
                .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
                .filter(algorithm -> AzureScheme.offered(algorithm, false))
                .collect(Collectors.toUnmodifiableSet()),
            false);
  }

  @Override
  public ImportSupport support() {
    return support;
  }

  @Override
  public BackendFailure notTaken(KeyAlgorithm algorithm) {
    return keys.calls().endpoint().imports()
        ? AzureCalls.REFUSALS.notImported(
            algorithm,
            "it has no Edwards curves. Keep it in a backend that has them, such as aws-kms.")
        : AzureRefusals.importsNothing(algorithm);
  }

  @Override
  public void check(Version version, KeyAlgorithm algorithm) throws BackendFailure {
    try (LocalKey key = LocalKey.decode(algorithm, version.material().orElseThrow(), random)) {
      if (!key.publicKey().equals(version.publicKey())) {
        throw AzureCalls.REFUSALS.notItsPublicKey(version.id(), "Nothing was sent.");
      }
    } catch (EnclaveException e) {
      throw AzureCalls.REFUSALS.notOfTheAlgorithm(version.id(), algorithm);
    }
  }

  /** A key, or another version of the key that there is, with this private half. */
  @Override
  public ServiceKey bring(Making into, Version version, CallContext call) throws BackendFailure {
    ExchangeKey exchangeKey = exchangeKeys.get(call);
    String blob = blob(exchangeKey, version.material().orElseThrow());
    JsonWebKey key =
        new AzureScheme(into.algorithm())
            .webKey()
            .setT(blob.getBytes(StandardCharsets.US_ASCII));
    ImportKeyOptions options =
        new ImportKeyOptions(AzureNames.of(into.name()), key)
            .setHardwareProtected(true)
            .setEnabled(version.state() != KeyState.DISABLED);
    options.setTags(into.tags());
    try {
      return keys.made(
          into,
          AzureOperation.IMPORT_KEY,
          session -> session.keys().importKeyWithResponse(options, Context.NONE).getValue(),
          call);
    } catch (BackendFailure e) {
      if (e.failureClass() == FailureClass.PERMANENT
          && (e.code() == FailureCode.NOT_FOUND || e.code() == FailureCode.INVALID_STATE)) {
        // The target is new: what is not there, or off, or over, is what it travels under.
        exchangeKeys.forget(exchangeKey);
        throw AzureRefusals.exchangeKeyGone();
      }
      throw e;
    }
  }

  private String blob(ExchangeKey exchangeKey, SecretBytes material) throws BackendFailure {
    Bytes ciphertext;
    try {
      ciphertext = RsaAesKeyWrap.SHA_1.wrap(exchangeKey.publicKey(), material, random);
    } catch (EnclaveException e) {
      throw AzureCalls.REFUSALS.wrongAnswer(
          "what was sent to wrap a private key with is no RSA key");
    }
    return "{\"schema_version\":\"1.0.0\",\"header\":{\"kid\":\""
        + exchangeKey.kid()
        + "\",\"alg\":\"dir\",\"enc\":\"CKM_RSA_AES_KEY_WRAP\"},\"ciphertext\":\""
        + Base64.getUrlEncoder().withoutPadding().encodeToString(ciphertext.toByteArray())
        + "\",\"generator\":\"Enclave\"}";
  }
}
