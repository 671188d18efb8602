package dev.enclave.azure.internal.transfer;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.ImportKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.keys.AzureDirectory;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureScheme;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.transfer.AzureExchangeKeys.ExchangeKey;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Brings single private keys into the vault's HSM, in the transfer blob of "Bring your own key
 * specification": only the HSM can open it. Thread-safe.
 */
final class AzureImports {

  private final AzureDirectory directory;
  private final AzureExchangeKeys exchangeKeys;
  private final SecureRandom random;

  AzureImports(AzureDirectory directory, SecureRandom random) {
    this.directory = directory;
    this.exchangeKeys = new AzureExchangeKeys(directory.calls());
    this.random = random;
  }

  /** A key, or another version of the key that there is, with this private half. */
  AzureVersion bring(
      KeyName name,
      KeyAlgorithm algorithm,
      SecretBytes material,
      AzureTags tags,
      boolean enabled,
      CallContext call)
      throws BackendFailure {
    ExchangeKey exchangeKey = exchangeKeys.get(call);
    JsonWebKey key =
        new AzureScheme(algorithm)
            .webKey()
            .setT(blob(exchangeKey, material).getBytes(StandardCharsets.US_ASCII));
    ImportKeyOptions options =
        new ImportKeyOptions(AzureNames.of(name), key)
            .setHardwareProtected(true)
            .setEnabled(enabled);
    Map<String, String> asked = tags.toMap(Optional.empty());
    options.setTags(asked);
    try {
      KeyVaultKey made =
          directory
              .calls()
              .send(
                  AzureOperation.IMPORT_KEY,
                  "a version of key " + AzureNames.of(name),
                  call,
                  session -> session.keys().importKeyWithResponse(options, Context.NONE).getValue())
              .value();
      return directory.made(name, algorithm, asked, made);
    } catch (BackendFailure e) {
      if (e.failureClass() == FailureClass.PERMANENT
          && (e.code() == FailureCode.NOT_FOUND || e.code() == FailureCode.INVALID_STATE)) {
        // The target is new: what is not there, or off, or over, is what it travels under.
        exchangeKeys.forget(exchangeKey);
        throw AzureRefusals.exchangeKeyGone();
      }
      throw e.code() == FailureCode.ALREADY_EXISTS ? AzureRefusals.deleted(name) : e;
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
